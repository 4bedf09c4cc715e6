"""WebSockets and streams of events in memory, in place of those of the network."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from airdock.connectors.errors import unavailable
from airdock.connectors.http.calls import Received, Sending, Upgrade
from airdock.connectors.http.sockets import NORMAL, TOO_BIG, Content, Upgraded, closed
from airdock.errors import FlowError

EVENTS = "text/event-stream"
_NAME = "a test"


class Dialled(NamedTuple):
    """A WebSocket that was asked for, and the end of the service."""

    sending: Sending
    socket: "MemorySocket"


class Streamed(NamedTuple):
    """A stream that was asked for, and what the service writes to it."""

    sending: Sending
    stream: "MemoryStream"


class MemoryStreams:
    """Opens all that is asked for.

    Attributes:
        sockets, events: What was asked for, in order.
    """

    def __init__(self) -> None:
        self.sockets: asyncio.Queue[Dialled] = asyncio.Queue()
        self.events: asyncio.Queue[Streamed] = asyncio.Queue()

    def has(self, sending: Sending) -> bool:
        """Whether a request asks for one of these."""
        return sending.upgrade is not None or sending.headers.get("Accept") == EVENTS

    def opened(self, sending: Sending) -> Received:
        """What comes back."""
        if sending.upgrade is not None:
            near, far = pair(sending.upgrade)
            self.sockets.put_nowait(Dialled(sending, far))
            return Upgraded(near)
        stream = MemoryStream()
        self.events.put_nowait(Streamed(sending, stream))
        return stream


class MemorySocket:
    """One end of a WebSocket; see `Socket`. What it sends comes out at the other one."""

    other: "MemorySocket"

    def __init__(self, protocol: str, max_size: int) -> None:
        self.protocol = protocol
        self._max_size = max_size
        self._came: asyncio.Queue[Content | FlowError] = asyncio.Queue()
        self._over = False

    async def receive(self) -> Content:
        came = await self._came.get()
        if isinstance(came, FlowError):
            self._came.put_nowait(came)
            raise came
        return came

    async def send(self, content: Content) -> None:
        if self._over:
            raise unavailable(_NAME, "the socket is closed")
        other = self.other
        if len(content.encode() if isinstance(content, str) else content) > other._max_size:
            words = f"{_NAME}: a message is larger than {other._max_size} bytes: raise `maxSize`"
            other.end(FlowError("connector.http.tooLarge", words))
            self.end(closed(_NAME, TOO_BIG, ""))
        else:
            other._came.put_nowait(content)

    async def close(self, code: int = NORMAL, reason: str = "") -> None:
        if not self._over:
            self.end(closed(_NAME, code, ""))
            self.other.end(closed(_NAME, code, reason))

    def end(self, error: FlowError) -> None:
        """Nothing goes on, for this reason."""
        if not self._over:
            self._over = True
            self._came.put_nowait(error)


def pair(upgrade: Upgrade) -> tuple[MemorySocket, MemorySocket]:
    """The ends of a WebSocket: who asked for it, and the service, which chooses the first protocol."""
    protocol = upgrade.protocols[0] if upgrade.protocols else ""
    near, far = MemorySocket(protocol, upgrade.max_size), MemorySocket(protocol, sys.maxsize)
    near.other, far.other = far, near
    return near, far


class MemoryStream:
    """An answer that is written while it is read."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, Any] = {"content-type": EVENTS}
        self.closed = asyncio.Event()
        self._pieces: asyncio.Queue[bytes | FlowError | None] = asyncio.Queue()

    def write(self, piece: bytes) -> None:
        self._pieces.put_nowait(piece)

    def end(self, error: FlowError | None = None) -> None:
        """It ends, or breaks off by an error."""
        self._pieces.put_nowait(error)

    async def read(self, most: int) -> bytes:
        return b"".join([piece async for piece in self.pieces(most)])

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            if isinstance(piece, FlowError):
                raise piece
            yield piece

    def close(self) -> None:
        self.closed.set()
