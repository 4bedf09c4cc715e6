from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from airdock.connectors.broker import Message
from airdock.connectors.redis.connection import Redis
from airdock.connectors.redis.trigger import RedisTrigger
from airdock.errors import FlowError
from tests.brokers import REDIS, broker_at
from tests.service.proxy import Proxy
from tests.unit.connectors.broker.contract import Arrivals, BrokerContract, next_of
from tests.unit.connectors.opening import opening


def trigger(queue: str = "", **fields: Any) -> RedisTrigger:
    return RedisTrigger(connection="p/c.connection", queue=queue, **fields)


async def connected(address: tuple[str, int]) -> Any:
    return await Redis(url=f"redis://{address[0]}:{address[1]}").connect(opening())


class TestStreams(BrokerContract):
    @pytest.fixture(params=["fake", "real"])
    async def client(self, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
        self.streams: set[str] = set()
        if request.param == "fake":
            yield Redis(url="redis://absent").fake()
            return
        client = await connected(broker_at(REDIS, "Redis"))
        yield client
        for stream in self.streams:
            await client.execute("DEL", stream)
        await client.close()

    def listen(self, client: Any, name: str, prefetch: int = 10) -> AbstractAsyncContextManager[Arrivals]:
        self.streams.add(name)
        return client.listen(trigger(name), prefetch)  # type: ignore[no-any-return]

    async def test_channels(self, client: Any) -> None:
        name = self.name()
        async with client.listen(trigger(topics=[f"{name}.*"]), 5) as arrivals:
            for topic in (f"{name}.a", f"{name}x", f"{name}.b"):
                await client.publish(Message(topic, topic.encode(), "i"))
            seen = [await next_of(arrivals) for _ in range(2)]
            assert [each.body.decode() for each in seen] == [f"{name}.a", f"{name}.b"]
            assert seen[0].about["topic"] == f"{name}.a"
            await seen[0].accept()


@pytest.fixture
def address() -> tuple[str, int]:
    return broker_at(REDIS, "Redis")


@pytest.fixture
async def redis(address: tuple[str, int]) -> AsyncIterator[Any]:
    client = await connected(address)
    yield client
    await client.close()


@pytest.fixture
async def stream(redis: Any) -> AsyncIterator[str]:
    name = BrokerContract().name()
    yield name
    await redis.execute("DEL", name)


async def test_entries_of_other_programs(redis: Any, stream: str) -> None:
    async with redis.listen(trigger(stream), 5) as arrivals:
        await redis.execute("XADD", stream, "*", "n", "1", "b", b"\xff")
        arrival = await next_of(arrivals)
        assert (arrival.body, arrival.content_type) == ('{"n":"1","b":"\ufffd"}'.encode(), "application/json")
        await arrival.accept()


async def test_groups_have_each_message_where_they_are_kept(redis: Any, stream: str) -> None:
    one, other = trigger(stream, group="one", keep=True), trigger(stream, group="other", keep=True)
    async with redis.listen(one, 5) as ones, redis.listen(other, 5) as others:
        await redis.publish(Message(stream, b"1", "i", queue=True))
        for each in (ones, others):
            await (await next_of(each)).accept()
    assert await redis.execute("XLEN", stream) == 1


async def test_what_was_accepted_is_deleted(redis: Any, stream: str) -> None:
    async with redis.listen(trigger(stream), 5) as arrivals:
        await redis.publish(Message(stream, b"1", "i", queue=True))
        await (await next_of(arrivals)).accept()
    assert await redis.execute("XLEN", stream) == 0


async def test_what_a_dead_process_held_is_taken_over(redis: Any, stream: str) -> None:
    wanted = trigger(stream, redeliver_after=0.05)
    async with redis.listen(wanted, 5):
        pass
    await redis.publish(Message(stream, b"1", "i", queue=True))
    await redis.execute("XREADGROUP", "GROUP", "airdock", "dead", "STREAMS", stream, ">")
    async with redis.listen(wanted, 5) as arrivals:
        arrival = await next_of(arrivals)
        assert arrival.redelivered
        await arrival.working()
        await arrival.accept()


async def test_the_server_goes_and_comes_back(address: tuple[str, int], stream: str) -> None:
    proxy = Proxy(*address)
    client = await connected(("127.0.0.1", proxy.port))
    wanted = trigger(stream, redeliver_after=0.05)
    async with client.listen(wanted, 5) as arrivals, client.listen(trigger(topics=[stream]), 5) as channel:
        for number in range(2):
            await client.publish(Message(stream, b"%d" % number, str(number), queue=True))
        await (await next_of(arrivals)).accept()
        held = await next_of(arrivals)
        proxy.cut()
        for use in (next_of(arrivals), next_of(channel), held.accept(), client.publish(Message(stream, b"", "i"))):
            with pytest.raises(FlowError) as raised:
                await use
            assert raised.value.code == "connector.unavailable"
    with pytest.raises(FlowError):
        async with client.listen(trigger(topics=[stream]), 5):
            pass
    proxy.restore()
    async with client.listen(wanted, 5) as arrivals:
        arrival = await next_of(arrivals)
        assert (arrival.body, arrival.redelivered) == (b"1", True)
        await arrival.accept()
    await client.close()
    proxy.cut()
