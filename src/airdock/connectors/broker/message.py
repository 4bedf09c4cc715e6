"""Messages on their way out, whatever the broker, and what is answered to them."""

from typing import Literal, NamedTuple

Ability = Literal["topic", "queue", "key", "headers", "partition", "delay", "expiration", "priority", "request"]
"""What a broker may be able to do, by the field of `publish` that asks for it."""

ID_HEADER = "airdock-id"
"""Has the id of a message where the broker's messages have no place for one."""
KEY_HEADER = "airdock-key"
"""Has the key of a message where the broker has no place for one."""
RUN_HEADER = "airdock-run"
"""Has the id of the run that sent a message."""


class Message(NamedTuple):
    """A message to send.

    Attributes:
        destination: The topic or queue. queue: It is a queue: each message goes to one of those who read it.
        content, content_type: The body. id: By which a duplicate is known; never empty.
        headers: Go along, the run's id among them. key: Messages of one key are kept in order.
        partition: Where it goes, whatever its key. priority: 0 to 9; greater comes first.
        delay: Seconds before it is delivered. expiration: Seconds after which it is not delivered any more.
    """

    destination: str
    content: bytes
    id: str
    queue: bool = False
    content_type: str = ""
    headers: dict[str, str] = {}
    key: str = ""
    partition: int | None = None
    delay: float = 0.0
    expiration: float | None = None
    priority: int | None = None


class Reply(NamedTuple):
    """What came back to a request."""

    content: bytes
    content_type: str = ""
    headers: dict[str, str] = {}
