"""Topics of the hub as many read them at once in one process, each for a while: a browser that looks at a page."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from airdock.connectors.hub.hub import MOST, Hub
from airdock.connectors.hub.message import Peeked
from airdock.connectors.hub.names import Channel, check_name, space_of
from airdock.errors import FlowError

MOST_WAITING = 1000
"""Messages that may wait for one reader; one for which more do is too slow."""
MOST_BYTES = 4 * 1024**2
"""What these may take."""


class News(NamedTuple):
    """A message of a topic: its number there, its content and headers."""

    sequence: int
    content: bytes
    content_type: str
    headers: dict[str, str]


class Feeds:
    """The topics that are read just now. What the hub sends is taken once for all readers of this process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._feeds: dict[Channel, _Feed] = {}

    @asynccontextmanager
    async def open(self, flow: str, topic: str, after: int | None = None) -> AsyncIterator[AsyncIterator[News]]:
        """What is sent to a topic from when the context is entered, in order.

        Args:
            flow: Who reads it, `project/orders.flow`; a sandbox has topics of its own.
            after: The number of a message: what was sent behind it, and is still kept, comes first.

        Raises:
            FlowError: `hub.name`; `connector.unavailable`. The iterator raises that, too, and `stream.slow` where too
                much waits for the reader.
        """
        channel = Channel(space_of(flow), "topic", check_name("a topic", topic))
        feed = self._feeds.get(channel)
        if feed is None:
            feed = self._feeds[channel] = _Feed(self._hub, channel)
        reader = _Reader()
        feed.readers.add(reader)
        try:
            await feed.ready()
            yield self._read(channel, reader, after)
        finally:
            feed.readers.discard(reader)
            if not feed.readers or feed.is_over:
                if self._feeds.get(channel) is feed:
                    del self._feeds[channel]
                await feed.end()

    async def _read(self, channel: Channel, reader: "_Reader", after: int | None) -> AsyncIterator[News]:
        last = 0
        if after is not None:
            newest = await self._hub.peek(channel, None, 1)
            # A number that is not reached yet is one of a topic that was removed, and made again since.
            is_known = bool(newest) and after <= newest[-1].sequence
            last = after if is_known else 0
            while is_known and (missed := await self._hub.peek(channel, last + 1, MOST)):
                for peeked in missed:
                    yield _news(peeked)
                last = missed[-1].sequence
        while True:
            peeked = await reader.next()
            if peeked.sequence > last:
                yield _news(peeked)


class _Feed:
    """One topic, followed as long as somebody reads it."""

    def __init__(self, hub: Hub, channel: Channel) -> None:
        self.readers: set[_Reader] = set()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.ensure_future(self._follow(hub, channel))

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more."""
        return self._task.done()

    async def ready(self) -> None:
        """Returns when what is sent from now on comes; raises FlowError."""
        await asyncio.shield(self._ready)

    async def end(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait([self._task])

    async def _follow(self, hub: Hub, channel: Channel) -> None:
        try:
            async with hub.follow(channel) as sent:
                self._ready.set_result(None)
                async for peeked in sent:
                    for reader in self.readers:
                        reader.put(peeked)
        except FlowError as error:
            self._break_off(error)
        except asyncio.CancelledError:
            self._break_off(FlowError("connector.unavailable", "the topic is not read any more"))
            raise

    def _break_off(self, error: FlowError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
            # Somebody who waited may be gone already.
            self._ready.exception()
        for reader in self.readers:
            reader.fail(error)


class _Reader:
    """What waits for one reader."""

    def __init__(self) -> None:
        self._waiting: deque[Peeked] = deque()
        self._size = 0
        self._error: FlowError | None = None
        self._news = asyncio.Event()

    def put(self, peeked: Peeked) -> None:
        self._size += len(peeked.message.content)
        self._waiting.append(peeked)
        if len(self._waiting) > MOST_WAITING or (self._size > MOST_BYTES and len(self._waiting) > 1):
            self._waiting.clear()
            self.fail(FlowError("stream.slow", "the caller did not take what was sent fast enough"))
        self._news.set()

    def fail(self, error: FlowError) -> None:
        self._error = self._error or error
        self._news.set()

    async def next(self) -> Peeked:
        while not self._waiting:
            if self._error is not None:
                raise FlowError(self._error.code, self._error.message)
            self._news.clear()
            await self._news.wait()
        peeked = self._waiting.popleft()
        self._size -= len(peeked.message.content)
        return peeked


def _news(peeked: Peeked) -> News:
    message = peeked.message
    return News(peeked.sequence, message.content, message.content_type, message.headers)
