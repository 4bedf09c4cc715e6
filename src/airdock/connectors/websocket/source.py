"""What a listener of a WebSocket listens to."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

import msgspec

from airdock import charsets
from airdock.connectors.errors import unavailable
from airdock.connectors.http.ahead import Made, read_ahead
from airdock.connectors.http.bodies import is_json, media_type
from airdock.connectors.http.calls import Call, Upgrade
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.openings import dial
from airdock.connectors.http.sockets import Content, Socket
from airdock.formats.text import charset_of
from airdock.spec.clock import Clock
from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival

_AHEAD = 4
"""Bytes that wait to be taken, in largest messages."""


class Wanted(NamedTuple):
    """What is listened to.

    Attributes:
        path: Beneath the connection's `url`, with its query. upgrade: How it is asked for.
        on_open: What is sent first, in order. reply: What flows answer is sent back.
    """

    path: str
    upgrade: Upgrade
    on_open: tuple[str, ...] = ()
    reply: bool = False


class SocketSource:
    """The `Source` of a WebSocket.

    Attributes:
        socket: The one that is open; None while there is none.
    """

    def __init__(self, link: Link, wanted: Wanted, clock: Clock) -> None:
        self.socket: Socket | None = None
        self.path = link.path
        self._link = link
        self._wanted = wanted
        self._clock = clock

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[Arrival]]:
        client: HttpClient
        wanted = self._wanted
        async with self._link.use() as client:
            socket = await dial(client, Call("GET", wanted.path, upgrade=wanted.upgrade), self._clock.now())
            async with read_ahead(socket, _AHEAD * wanted.upgrade.max_size) as ahead:
                for message in wanted.on_open:
                    await socket.send(message)
                self.socket = socket
                try:
                    yield Made(ahead, self._maker(socket.protocol))
                finally:
                    self.socket = None

    def _maker(self, protocol: str) -> Callable[[Content], Arrival]:
        kind = AnsweredArrival if self._wanted.reply else SocketArrival
        return lambda content: kind(content, protocol, self)


class SocketArrival(Arrival):
    """A message of a WebSocket."""

    __slots__ = ("source",)

    def __init__(self, content: Content, protocol: str, source: SocketSource) -> None:
        about = {"kind": "text" if isinstance(content, str) else "binary", "protocol": protocol}
        super().__init__(content, about=about, once=True)
        self.source = source


class AnsweredArrival(SocketArrival):
    """A message to which the flow's answer is sent back, by the socket that is open then."""

    __slots__ = ()

    async def reply(self, content: bytes, content_type: str) -> None:
        socket = self.source.socket
        if socket is None:
            raise unavailable(self.source.path, "the socket is closed")
        await socket.send(as_message(content, content_type))


def as_message(content: bytes, content_type: str) -> Content:
    """An answer as a message: a text if its type is one of text, JSON or XML, else bytes."""
    media = media_type(content_type)
    if media.startswith("text/") or is_json(media) or media == "application/xml" or media.endswith("+xml"):
        return charsets.decode_text(content, charset_of(content_type))
    return content


def as_text(value: Any) -> str:
    """A value as a message: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
