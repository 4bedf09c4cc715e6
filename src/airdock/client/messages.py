"""Messages of the hub by the API."""

from collections.abc import Iterator

from airdock.api.messages import ChannelInfo, ChannelKind, MessageInfo, SentMessage
from airdock.api.shapes import Page
from airdock.client.pages import items
from airdock.client.transport import Transport, decoded, path_of


class MessageCalls:
    """`client.messages`: sending to the hub, and looking at what it has."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(
        self,
        name: str,
        content: bytes,
        content_type: str = "application/octet-stream",
        *,
        kind: ChannelKind = "topic",
        key: str = "",
        id: str = "",
    ) -> SentMessage:
        """Sends a message to a topic or a queue, which keeps it when this returns."""
        headers = {"content-type": content_type, **({"message-id": id} if id else {})}
        query = {"kind": kind, "key": key or None}
        answer = self._transport.send("POST", path_of("messages", name), query=query, content=content, headers=headers)
        return decoded(answer, SentMessage)

    def peek(
        self, name: str, *, kind: ChannelKind = "topic", start: int | None = None, limit: int = 20
    ) -> list[MessageInfo]:
        """Messages from a number on, else the newest; nothing is taken away."""
        query = {"kind": kind, "from": start, "limit": limit}
        return self._transport.read(Page[MessageInfo], path_of("messages", name), **query).items

    def topics(self) -> Iterator[ChannelInfo]:
        """The topics and queues, and who reads them."""
        return items(self._transport, ChannelInfo, "/topics")

    def unsubscribe(self, topic: str, client: str) -> None:
        """Ends a client's subscription."""
        self._transport.send("DELETE", path_of("topics", topic, "subscriptions", client))
