"""Messages of the hub, topics and clients, as all who work with them see them."""

from typing import NamedTuple

from airdock.connectors.hub.names import Kind


class Outgoing(NamedTuple):
    """A message to send.

    Attributes:
        content, content_type: The body. headers, key: What goes along.
        id: By which a second one is known as the same for two minutes; one is made if empty.
    """

    content: bytes
    content_type: str = ""
    headers: dict[str, str] = {}
    key: str = ""
    id: str = ""


class Sent(NamedTuple):
    """A message that the hub keeps: its id, its number in the topic or queue, and whether it was there already."""

    id: str
    sequence: int
    duplicate: bool = False


class Peeked(NamedTuple):
    """A message that was looked at: its number, since when it is there, and what it is."""

    sequence: int
    at: float
    message: Outgoing


class Subscription(NamedTuple):
    """How far a client has come with a topic, or those who read a queue with it.

    Attributes:
        client: The client; `queue` for a queue. pending: Messages not delivered yet. open: Delivered and not
            acknowledged. redelivered: Of those, the ones that were delivered more than once. last: The number of the
            last message that was delivered. at: When that was; None for never.
    """

    client: str
    pending: int
    open: int
    redelivered: int
    last: int
    at: float | None


class ChannelInfo(NamedTuple):
    """A topic or a queue: what it keeps, and who reads it."""

    kind: Kind
    name: str
    messages: int
    size: int
    first: int
    last: int
    subscriptions: list[Subscription]
