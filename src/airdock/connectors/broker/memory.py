"""A broker in memory, behind the fakes of all: queues whose messages come again until they are accepted."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.broker.message import Message, Reply
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

MOST = 10_000
"""So many messages a queue keeps; the oldest goes."""

Matches = Callable[[str, str], bool]
"""Whether a topic, the second, is one of those that a pattern means."""


class Kept:
    """A message in a queue: how often it was delivered, where its answer goes, and what else is known of it."""

    def __init__(
        self, message: Message, reply_to: "asyncio.Future[Reply] | None" = None, about: dict[str, Any] | None = None
    ) -> None:
        self.message = message
        self.reply_to = reply_to
        self.about = about or {}
        self.deliveries = 0


class MemoryArrival(Arrival):
    """A message that was delivered from a queue."""

    __slots__ = ("_kept", "_reader")

    def __init__(self, kept: Kept, reader: "_Reader") -> None:
        message = kept.message
        super().__init__(
            message.content,
            content_type=message.content_type,
            headers=dict(message.headers),
            id=message.id,
            key=message.key,
            about={"queue" if message.queue else "topic": message.destination, **kept.about},
            redelivered=kept.deliveries > 1,
        )
        self._kept, self._reader = kept, reader

    async def accept(self) -> None:
        self._reader.settle(self._kept, again=False)

    async def release(self) -> None:
        self._reader.settle(self._kept, again=True)

    async def reply(self, content: bytes, content_type: str) -> None:
        future = self._kept.reply_to
        if future is not None and not future.done():
            future.set_result(Reply(content, content_type))


class MemoryQueue:
    """Messages that wait for whoever reads them."""

    def __init__(self) -> None:
        self.patterns: set[str] = set()
        self.waiting: deque[Kept] = deque(maxlen=MOST)
        self.readers: list[_Reader] = []

    def put(self, kept: Kept) -> None:
        self.waiting.append(kept)
        self.hand_out()

    def hand_out(self) -> None:
        """Gives what waits to readers that have room, in turn."""
        while self.waiting and (reader := next((each for each in self.readers if each.room), None)):
            self.readers.append(self.readers.pop(self.readers.index(reader)))
            reader.take(self.waiting.popleft())


class _Reader:
    """One that listens to a queue."""

    def __init__(self, queue: MemoryQueue, prefetch: int) -> None:
        self.inbox = Inbox()
        self._queue = queue
        self._prefetch = prefetch
        self._open: list[Kept] = []

    @property
    def room(self) -> bool:
        return len(self._open) < self._prefetch

    def take(self, kept: Kept) -> None:
        kept.deliveries += 1
        self._open.append(kept)
        self.inbox.put(MemoryArrival(kept, self))

    def settle(self, kept: Kept, again: bool) -> None:
        if kept in self._open:
            self._open.remove(kept)
            if again:
                self._queue.waiting.appendleft(kept)
            self._queue.hand_out()

    def leave(self) -> None:
        self._queue.readers.remove(self)
        self._queue.waiting.extendleft(reversed(self._open))
        self._open = []
        self._queue.hand_out()


class MemoryBroker:
    """Queues by name, which a message makes that goes to one; topics, which keep nothing, feed queues by patterns.

    Attributes:
        sent: The last messages that were published.
    """

    def __init__(self, matches: Matches) -> None:
        self.sent: deque[Message] = deque(maxlen=MOST)
        self.queues: dict[str, MemoryQueue] = {}
        self._matches = matches

    async def publish(self, message: Message) -> dict[str, Any] | None:
        self.put(message)
        return None

    async def request(self, message: Message, patience: float) -> Reply:
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.put(message, future)
        try:
            return await within(patience, future)
        except DeadlineError:
            raise FlowError("connector.timeout", f"nobody answered from {message.destination!r}") from None

    def put(
        self,
        message: Message,
        reply_to: "asyncio.Future[Reply] | None" = None,
        about: dict[str, Any] | None = None,
    ) -> None:
        """Passes a message on; `about` is what else is known of it where it arrives."""
        self.sent.append(message)
        if message.queue:
            self.queue(message.destination).put(Kept(message, reply_to, about))
            return
        for queue in list(self.queues.values()):
            if any(self._matches(pattern, message.destination) for pattern in queue.patterns):
                queue.put(Kept(message, reply_to, about))

    def queue(self, name: str) -> MemoryQueue:
        """The queue of a name, which is made if it is not there."""
        return self.queues.setdefault(name, MemoryQueue())

    @asynccontextmanager
    async def listening(self, name: str, prefetch: int, topics: Any = ()) -> AsyncIterator[AsyncIterator[Arrival]]:
        """What comes to a queue, and from the topics that feed it from now on. Without a name it ends with this."""
        own = name or f"own-{uuid4().hex}"
        queue = self.queue(own)
        queue.patterns.update(topics)
        reader = _Reader(queue, prefetch)
        queue.readers.append(reader)
        queue.hand_out()
        try:
            yield reader.inbox
        finally:
            reader.leave()
            if not name:
                del self.queues[own]

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass
