"""Topics that many read at once, over a hub in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from airdock.connectors.hub.feeds import MOST_BYTES, MOST_WAITING, Feeds, News
from airdock.connectors.hub.memory import MemoryHub
from airdock.connectors.hub.message import Outgoing, Peeked
from airdock.connectors.hub.names import Channel
from airdock.errors import FlowError

TOPIC = Channel("", "topic", "orders")
FLOW = "p/live.flow"


class CountedHub(MemoryHub):
    """Counts those who follow, and may lose them."""

    def __init__(self) -> None:
        super().__init__()
        self.following = 0
        self.lost = asyncio.Event()

    @asynccontextmanager
    async def follow(self, channel: Channel) -> AsyncIterator[AsyncIterator[Peeked]]:
        self.following += 1
        try:
            async with super().follow(channel) as sent:
                yield self._until_lost(sent)
        finally:
            self.following -= 1

    async def _until_lost(self, sent: AsyncIterator[Peeked]) -> AsyncIterator[Peeked]:
        while True:
            lost = asyncio.ensure_future(self.lost.wait())
            message = asyncio.ensure_future(anext(sent, None))
            try:
                await asyncio.wait((lost, message), return_when=asyncio.FIRST_COMPLETED)
                if lost.done():
                    raise FlowError("connector.unavailable", "lost")
                if (peeked := message.result()) is not None:
                    yield peeked
            finally:
                lost.cancel()
                message.cancel()


async def send(hub: MemoryHub, *texts: str, channel: Channel = TOPIC) -> None:
    for text in texts:
        await hub.send(channel, Outgoing(text.encode()))


async def taken(news: AsyncIterator[News], count: int) -> list[tuple[int, bytes]]:
    async with asyncio.timeout(5):
        found = [await anext(news) for _ in range(count)]
    return [(each.sequence, each.content) for each in found]


async def test_all_who_read_get_what_is_sent_from_then_on() -> None:
    hub = CountedHub()
    feeds = Feeds(hub)
    await send(hub, "before")
    async with feeds.open(FLOW, "orders") as one, feeds.open(FLOW, "orders") as other:
        assert hub.following == 1
        await send(hub, "a", "b")
        assert await taken(one, 2) == await taken(other, 2) == [(2, b"a"), (3, b"b")]
    assert hub.following == 0
    async with feeds.open(FLOW, "orders") as again:
        await send(hub, "c")
        assert await taken(again, 1) == [(4, b"c")]


async def test_what_was_missed_comes_first_and_nothing_twice() -> None:
    hub = MemoryHub()
    await send(hub, *[f"{number}" for number in range(1, 251)])
    async with Feeds(hub).open(FLOW, "orders", after=3) as news:
        await send(hub, "251", "252")
        assert [sequence for sequence, _ in await taken(news, 249)] == list(range(4, 253))
    async with Feeds(hub).open(FLOW, "orders", after=0) as news:
        assert len(await taken(news, 252)) == 252
    # One that is up to date, and one who speaks of another topic of that name.
    for after in (252, 999):
        async with Feeds(hub).open(FLOW, "orders", after) as news:
            await send(hub, "new")
            assert [content for _, content in await taken(news, 1)] == [b"new"]


async def test_a_sandbox_has_topics_of_its_own() -> None:
    hub = MemoryHub()
    async with Feeds(hub).open("~ann/p/live.flow", "orders") as news:
        await send(hub, "public")
        await send(hub, "own", channel=Channel("ann", "topic", "orders"))
        assert await taken(news, 1) == [(1, b"own")]


@pytest.mark.parametrize(("count", "size"), [(MOST_WAITING + 1, 1), (3, MOST_BYTES // 2)])
async def test_who_reads_too_slowly_is_let_go_and_others_are_not(count: int, size: int) -> None:
    hub = MemoryHub()
    async with Feeds(hub).open(FLOW, "orders") as slow, Feeds(hub).open(FLOW, "orders") as quick:
        for _ in range(count):
            await send(hub, "x" * size)
            await taken(quick, 1)
        with pytest.raises(FlowError) as error:
            await taken(slow, count)
        assert error.value.code == "stream.slow"


async def test_those_who_read_learn_that_the_hub_was_lost_and_others_begin_anew() -> None:
    hub = CountedHub()
    feeds = Feeds(hub)
    async with feeds.open(FLOW, "orders") as one, feeds.open(FLOW, "orders") as other:
        hub.lost.set()
        for news in (one, other):
            with pytest.raises(FlowError, match="lost"):
                await taken(news, 1)
        hub.lost.clear()
    async with feeds.open(FLOW, "orders") as again:
        await send(hub, "a")
        assert await taken(again, 1) == [(1, b"a")]


async def test_a_hub_that_is_away_and_a_name_that_is_none_are_told() -> None:
    class AwayHub(MemoryHub):
        @asynccontextmanager
        async def follow(self, channel: Channel) -> AsyncIterator[AsyncIterator[Peeked]]:
            async with super().follow(channel) as sent:
                if channel.name == "orders":
                    raise FlowError("connector.unavailable", "away")
                yield sent

    feeds = Feeds(AwayHub())
    for topic, code in (("orders", "connector.unavailable"), ("a b", "hub.name")):
        with pytest.raises(FlowError) as error:
            async with feeds.open(FLOW, topic):
                pass
        assert error.value.code == code
