"""Reading a WebSocket ahead of those who take its messages."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from airdock.connectors.http.sockets import Content, Socket
from airdock.errors import FlowError

log = logging.getLogger("airdock.listeners")

Value = TypeVar("Value")

MOST = 1000
"""So many messages wait to be taken; the service has to wait for more."""


class Ahead:
    """Reads on while nobody takes, so that pings are answered and a loss is seen, up to a bound.

    Attributes:
        lost: Set when the socket is closed.
    """

    def __init__(self, socket: Socket, most_bytes: int) -> None:
        self._socket = socket
        self._most_bytes = most_bytes
        self._waiting: deque[Content] = deque()
        self._size = 0
        self._error: FlowError | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.lost = asyncio.Event()

    async def read(self) -> None:
        """Until the socket is closed."""
        try:
            while True:
                await self._room.wait()
                content = await self._socket.receive()
                self._waiting.append(content)
                self._size += len(content)
                if len(self._waiting) >= MOST or self._size >= self._most_bytes:
                    self._room.clear()
                self._news.set()
        except FlowError as error:
            self._error = error
            self._news.set()
            self.lost.set()

    async def take(self) -> Content:
        """The next message; what came before the end of the socket comes first.

        Raises:
            FlowError: what `Socket.receive` raises.
        """
        while not self._waiting:
            if self._error is not None:
                raise self._error
            self._news.clear()
            await self._news.wait()
        content = self._waiting.popleft()
        self._size -= len(content)
        self._room.set()
        return content

    def left(self) -> list[Content]:
        """All that came and was not taken."""
        left, self._waiting, self._size = list(self._waiting), deque(), 0
        return left


class Made(Generic[Value]):
    """What is made of the messages of a socket; see `airdock.spec.trigger.ReadAhead`."""

    def __init__(self, ahead: Ahead, make: Callable[[Content], Value]) -> None:
        """`make` may raise FlowError: what came behind a message that is none is none either."""
        self.lost = ahead.lost
        self._ahead = ahead
        self._make = make

    def __aiter__(self) -> "Made[Value]":
        return self

    async def __anext__(self) -> Value:
        return self._make(await self._ahead.take())

    def left(self) -> list[Value]:
        made: list[Value] = []
        try:
            for content in self._ahead.left():
                made.append(self._make(content))
        except FlowError as error:
            log.warning("what came before a socket was lost cannot be read: %s", error)
        return made


@asynccontextmanager
async def read_ahead(socket: Socket, most_bytes: int) -> AsyncIterator[Ahead]:
    """Reads a socket ahead in the block, and closes it behind it."""
    ahead = Ahead(socket, most_bytes)
    reading = asyncio.create_task(ahead.read())
    try:
        yield ahead
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        await socket.close()
