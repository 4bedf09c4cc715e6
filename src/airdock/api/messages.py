"""Messages of the built-in hub, its topics and queues, and how far those who read them have come."""

from typing import Any, Literal

from airdock.api.shapes import ResponseBody, Time

ChannelKind = Literal["topic", "queue"]


class SentMessage(ResponseBody, kw_only=True):
    """A message that the hub keeps.

    Attributes:
        sequence: Its number in the topic or queue.
        duplicate: A message of this id was there already, and nothing was added.
    """

    id: str
    sequence: int
    duplicate: bool


class MessageInfo(ResponseBody, kw_only=True):
    """A message of a topic or a queue.

    Attributes:
        sequence: Its number there. at: Since when it is there. size: Bytes of its content.
        content: JSON by its content type as the value; other text as text; anything else in base64.
        encoding: What `content` is: `json`, `text` or `base64`.
    """

    sequence: int
    id: str
    at: Time
    key: str
    content_type: str
    headers: dict[str, str]
    size: int
    encoding: Literal["json", "text", "base64"]
    content: Any


class SubscriptionInfo(ResponseBody, kw_only=True):
    """How far a client has come with a topic, or those who read a queue with it.

    Attributes:
        client: The client; `queue` for a queue. pending: Messages that were not delivered yet.
        open: Messages that were delivered and are not acknowledged. redelivered: Of those, the ones that were delivered
            more than once. last: Number of the last message that was delivered; `at` when that was, null for never.
    """

    client: str
    pending: int
    open: int
    redelivered: int
    last: int
    at: Time | None


class ChannelInfo(ResponseBody, kw_only=True):
    """A topic or a queue: how many messages and bytes it keeps, their first and last numbers, and who reads it."""

    name: str
    kind: ChannelKind
    messages: int
    size: int
    first: int
    last: int
    subscriptions: list[SubscriptionInfo]
