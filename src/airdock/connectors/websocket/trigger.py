from typing import Any

from airdock.connectors.http.calls import Upgrade
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.sse.trigger import PATH
from airdock.connectors.websocket.source import SocketSource, Wanted, as_text
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Duration, ListOf, Literal, Module, Size, Text
from airdock.spec.trigger import Listening, Source, Trigger

TOKEN = Text(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", "the name of a protocol: letters, digits, '-', '.', '_'")


class WebsocketTrigger(Trigger):
    """Messages of a WebSocket that is opened to a service.

    A text is the body: parsed where it is JSON. Binary content is bytes, or the value where it is JSON. The flow sees
    `kind` (`text` or `binary`) and the `protocol` that was agreed on as `properties.message`.

    The protocol has no acknowledgement, and a service keeps nothing for who is away: what it sends while the socket is
    closed is lost. When it is lost it is opened anew, for ever, and `onOpen` is sent again; what was received stays in
    hand meanwhile. A message whose run fails is tried again, and lies in the dead letters in the end. A service that
    sends faster than messages are worked off has to wait, behind a thousand of them.

    With `reply` the flow's answer is sent back: as a text where its type is one of text, JSON or XML, else as bytes.
    Each process that listens has a socket of its own.
    """

    trigger = "websocket"
    prefetch = 10
    example = {
        "connection": "/shop/prices.connection",
        "path": "/live",
        "onOpen": [{"subscribe": ["tea", "coffee"]}],
    }

    connection: str = field(
        Module((".connection",)),
        "An `http` connection; `https://` in its `url` stands for `wss://`.",
        default=REQUIRED,
        example="/shop/prices.connection",
    )
    path: str = field(PATH, "What is added to the connection's `url`.", default="", example="/live?market=1")
    protocols: list[str] = field(
        ListOf(TOKEN), "Protocols that are offered, the best first.", default=[], example=["mqtt", "v2.prices"]
    )
    on_open: list[Any] = field(
        ListOf(Literal()),
        "Messages that are sent when it is open, such as a subscription: texts, and anything else as JSON.",
        default=[],
        example=[{"subscribe": ["tea", "coffee"]}],
    )
    heartbeat: float = field(
        Duration(),
        "After so much silence the service is asked (ping) whether it is there; after as much again it is lost.",
        default=30.0,
        unit="s",
        example="10s",
    )
    max_size: int = field(
        Size(), "The largest message; a larger one closes the socket.", default=1024**2, unit="bytes", example="64KB"
    )
    reply: bool = field(Boolean(), "What the flow answers is sent back.", default=False)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return [] if element.heartbeat > 0 else [("heartbeat", "the time between two pings is longer than 0")]

    def heard(self) -> list[Heard]:
        return [Heard(self.path.partition("?")[0], "socket", "ws", channel={"method": "GET"})]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (HttpConnection,), self.place_of("connection"))
        upgrade = Upgrade(tuple(self.protocols), self.max_size, self.heartbeat)
        on_open = tuple(as_text(each) for each in self.on_open)
        return SocketSource(link, Wanted(self.path, upgrade, on_open, self.reply), listening.clock)
