"""A hub in memory, for tests of flows and where no server keeps one."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from airdock.connectors.hub.hub import MOST, MOST_BYTES
from airdock.connectors.hub.message import ChannelInfo, Outgoing, Peeked, Sent, Subscription
from airdock.connectors.hub.names import OWNER, Channel
from airdock.connectors.hub.reading import headers_of
from airdock.connectors.hub.young import YOUNG
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

_MOST_KEPT = 10_000
"""Messages that a topic or a queue keeps; the oldest go first."""


class MemoryHub:
    """Keeps the promises of `Hub` as long as the process lasts."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._channels: dict[Channel, _Channel] = {}

    def want(self) -> None:
        return None

    async def check(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def send(self, channel: Channel, message: Outgoing) -> Sent:
        headers_of(message)
        if len(message.content) > MOST_BYTES:
            raise FlowError("hub.size", "the message is larger than the hub takes")
        return self._at(channel).add(message, self._now())

    async def subscribe(self, channel: Channel, client: str, since: float | None = None) -> None:
        self._at(channel).reader(client, self._now() if since is None else since)

    async def unsubscribe(self, channel: Channel, client: str) -> bool:
        return self._at(channel).readers.pop(client, None) is not None

    @asynccontextmanager
    async def listen(
        self, channel: Channel, client: str, since: float, prefetch: int
    ) -> AsyncIterator[AsyncIterator[Arrival]]:
        kept = self._at(channel)
        reader = kept.reader(OWNER if channel.kind == "queue" else client, since)
        given: set[MemoryArrival] = set()

        async def arrivals() -> AsyncIterator[Arrival]:
            while True:
                while len(given) >= prefetch or (peeked := reader.take(kept)) is None:
                    kept.news.clear()
                    await kept.news.wait()
                arrival = MemoryArrival(kept, reader, channel, peeked, given)
                given.add(arrival)
                yield arrival

        try:
            yield arrivals()
        finally:
            for arrival in list(given):
                await arrival.release()

    @asynccontextmanager
    async def follow(self, channel: Channel) -> AsyncIterator[AsyncIterator[Peeked]]:
        kept = self._at(channel)
        begun = kept.last

        async def sent() -> AsyncIterator[Peeked]:
            last = begun
            while True:
                while last >= kept.last:
                    kept.news.clear()
                    await kept.news.wait()
                last += 1
                if (peeked := kept.kept.get(last)) is not None:
                    yield peeked

        yield sent()

    async def receive(self, channel: Channel, client: str) -> list[Peeked]:
        kept = self._at(channel)
        reader = kept.readers.get(client)
        received: list[Peeked] = []
        while reader is not None and len(received) < MOST and (peeked := reader.take(kept)) is not None:
            reader.open.pop(peeked.sequence, None)
            received.append(peeked)
        return received

    async def peek(self, channel: Channel, start: int | None, limit: int) -> list[Peeked]:
        kept = list(self._channels[channel].kept.values()) if channel in self._channels else []
        if start is None:
            return kept[-limit:]
        return [peeked for peeked in kept if peeked.sequence >= start][:limit]

    async def channels(self, space: str) -> list[ChannelInfo]:
        return [kept.info(channel) for channel, kept in sorted(self._channels.items()) if channel.space == space]

    async def make(self, channel: Channel) -> None:
        self._at(channel)

    def _at(self, channel: Channel) -> "_Channel":
        kept = self._channels.get(channel)
        if kept is None:
            kept = self._channels[channel] = _Channel(channel.kind == "queue", self._now())
        return kept


class _Channel:
    """The messages of a topic or a queue, and who reads it."""

    def __init__(self, is_queue: bool, made: float) -> None:
        self.is_queue = is_queue
        self.kept: OrderedDict[int, Peeked] = OrderedDict()
        self.readers: dict[str, _Reader] = {}
        self.last = 0
        self.news = asyncio.Event()
        self._made = made
        self._ids: dict[str, int] = {}

    def add(self, message: Outgoing, at: float) -> Sent:
        if message.id in self._ids:
            return Sent(message.id, self._ids[message.id], True)
        message = message._replace(id=message.id or uuid4().hex)
        self.last += 1
        self._ids[message.id] = self.last
        self.kept[self.last] = Peeked(self.last, at, message)
        if len(self.kept) > _MOST_KEPT:
            _, gone = self.kept.popitem(last=False)
            self._ids.pop(gone.message.id, None)
        self.news.set()
        return Sent(message.id, self.last)

    def reader(self, client: str, since: float) -> "_Reader":
        reader = self.readers.get(client)
        if reader is None:
            whole = self.is_queue or since - self._made < YOUNG
            behind = [peeked.sequence for peeked in self.kept.values() if not whole and peeked.at < since]
            reader = self.readers[client] = _Reader(max(behind, default=0))
        return reader

    def info(self, channel: Channel) -> ChannelInfo:
        size = sum(len(peeked.message.content) for peeked in self.kept.values())
        subscriptions = [reader.info(client, self) for client, reader in sorted(self.readers.items())]
        first = next(iter(self.kept), 0)
        return ChannelInfo(channel.kind, channel.name, len(self.kept), size, first, self.last, subscriptions)


class _Reader:
    """How far a client has come."""

    def __init__(self, behind: int) -> None:
        self.last = behind
        self.at: float | None = None
        self.open: dict[int, int] = {}
        self.again: list[int] = []

    def take(self, kept: _Channel) -> Peeked | None:
        """The next message that it was not given, or that came back."""
        while self.again:
            sequence = self.again.pop(0)
            if sequence in kept.kept:
                self.open[sequence] += 1
                return kept.kept[sequence]
            self.open.pop(sequence, None)
        if self.last >= kept.last:
            return None
        first = next(iter(kept.kept), kept.last + 1)
        self.last = max(self.last + 1, first)
        if self.last not in kept.kept:
            return None
        self.open[self.last] = 1
        self.at = time.time()
        return kept.kept[self.last]

    def info(self, client: str, kept: _Channel) -> Subscription:
        redelivered = sum(times > 1 for times in self.open.values())
        return Subscription(client, kept.last - self.last, len(self.open), redelivered, self.last, self.at)


class MemoryArrival(Arrival):
    """A message that was given and not worked off yet."""

    __slots__ = ("_given", "_kept", "_reader", "_sequence")

    def __init__(
        self, kept: _Channel, reader: _Reader, channel: Channel, peeked: Peeked, given: "set[MemoryArrival]"
    ) -> None:
        message, attempt = peeked.message, reader.open[peeked.sequence]
        super().__init__(
            message.content,
            content_type=message.content_type,
            headers=dict(message.headers),
            id=message.id,
            key=message.key,
            about={channel.kind: channel.name, "sequence": peeked.sequence, "attempt": attempt},
            redelivered=attempt > 1,
        )
        self._kept = kept
        self._reader = reader
        self._sequence = peeked.sequence
        self._given = given

    async def accept(self) -> None:
        self._given.discard(self)
        self._reader.open.pop(self._sequence, None)
        if self._kept.is_queue:
            self._kept.kept.pop(self._sequence, None)
        self._kept.news.set()

    async def release(self) -> None:
        self._given.discard(self)
        self._reader.again.append(self._sequence)
        self._kept.news.set()
