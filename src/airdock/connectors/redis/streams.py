"""Streams of Redis, read by consumer groups: what is not acknowledged is given to another, or again."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.redis.messages import parts_of
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.connectors.redis.client import RedisClient
    from airdock.connectors.redis.trigger import RedisTrigger

_BLOCK_MS = 1000
_LONG_AGO_MS = 2**31
"""So long idle are entries that were given back, so that whoever looks next takes them."""


class StreamArrival(Arrival):
    """An entry of a stream."""

    __slots__ = ("_entry", "_reader")

    def __init__(self, reader: "StreamReader", entry: bytes, fields: dict[bytes, bytes], again: bool) -> None:
        about = {"queue": reader.stream, "entry": entry.decode()}
        super().__init__(**parts_of(fields), about=about, redelivered=again)
        self._reader, self._entry = reader, entry

    async def accept(self) -> None:
        await self._reader.accept(self._entry)

    async def release(self) -> None:
        await self._reader.give_back([self._entry])

    async def working(self) -> None:
        await self._reader.hold(self._entry)


class StreamReader:
    """One that reads a stream for a group.

    Attributes:
        stream: Its name. inbox: What came.
    """

    def __init__(self, client: "RedisClient", trigger: "RedisTrigger", prefetch: int) -> None:
        self.stream = trigger.queue
        self.inbox = Inbox()
        self._client = client
        self._group = trigger.group
        self._keep = trigger.keep
        self._idle = max(round(trigger.redeliver_after * 1000), 1)
        self._prefetch = prefetch
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"
        self._open: set[bytes] = set()
        self._room = asyncio.Event()

    async def begin(self) -> None:
        """Makes the group, which gets what the stream holds already, if it is not there."""
        try:
            await self._client.execute("XGROUP", "CREATE", self.stream, self._group, "0", "MKSTREAM")
        except FlowError as error:
            if "BUSYGROUP" not in error.message:
                raise

    async def read(self) -> None:
        """For ever, until the connection is lost."""
        look_at = 0.0
        try:
            while True:
                room = self._prefetch - len(self._open)
                if room <= 0:
                    self._room.clear()
                    await self._room.wait()
                    continue
                now = monotonic()
                if now >= look_at:
                    look_at = now + min(self._idle / 2000, 5.0)
                    room -= await self._claim(room)
                if room > 0:
                    await self._next(room)
        except FlowError as error:
            self.inbox.break_off(error)

    async def _claim(self, room: int) -> int:
        """Takes over what others did not work off in time; gives how many."""
        words = ("XAUTOCLAIM", self.stream, self._group, self._consumer, self._idle, "0-0", "COUNT", room)
        answer = await self._client.execute(*words)
        return sum(self._came(entry, fields, again=True) for entry, fields in answer[1] if fields)

    async def _next(self, room: int) -> None:
        words = ("XREADGROUP", "GROUP", self._group, self._consumer, "COUNT", room, "BLOCK", _BLOCK_MS)
        answer = await self._client.execute(*words, "STREAMS", self.stream, ">")
        for _, entries in answer or []:
            for entry, fields in entries:
                self._came(entry, fields, again=False)

    def _came(self, entry: bytes, fields: dict[bytes, bytes], again: bool) -> bool:
        if entry in self._open:
            return False
        self._open.add(entry)
        self.inbox.put(StreamArrival(self, entry, fields, again))
        return True

    async def accept(self, entry: bytes) -> None:
        await self._client.execute("XACK", self.stream, self._group, entry)
        self._left(entry)
        if not self._keep:
            await self._client.execute("XDEL", self.stream, entry)

    async def give_back(self, entries: list[bytes]) -> None:
        """Whoever looks next takes them."""
        words = ("XCLAIM", self.stream, self._group, self._consumer, 0, *entries, "IDLE", _LONG_AGO_MS)
        await self._client.execute(*words)
        for entry in entries:
            self._left(entry)

    async def hold(self, entry: bytes) -> None:
        """Its time begins anew."""
        words = ("XCLAIM", self.stream, self._group, self._consumer, 0, entry)
        await self._client.execute(*words)

    def _left(self, entry: bytes) -> None:
        self._open.discard(entry)
        self._room.set()

    async def end(self) -> None:
        if self._open:
            # Where the server is away they are taken over when their time has passed.
            with suppress(FlowError):
                await self.give_back(list(self._open))


@asynccontextmanager
async def listening(client: "RedisClient", trigger: "RedisTrigger", prefetch: int) -> AsyncIterator[Inbox]:
    """What comes to a stream."""
    reader = StreamReader(client, trigger, prefetch)
    await reader.begin()
    task = asyncio.create_task(reader.read())
    try:
        yield reader.inbox
    finally:
        task.cancel()
        await asyncio.wait([task])
        await reader.end()
