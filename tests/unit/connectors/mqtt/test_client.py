import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from airdock.connectors.broker import Message
from airdock.connectors.mqtt.client import MqttClient
from airdock.connectors.mqtt.connection import MqttConnection
from airdock.connectors.mqtt.trigger import Subscription
from airdock.errors import FlowError
from tests.brokers import MQTT, broker_at
from tests.service.proxy import Proxy
from tests.unit.connectors.broker.contract import Arrivals, BrokerContract, next_of
from tests.unit.connectors.opening import opening


def to(name: str, *topics: str, group: str = "") -> Subscription:
    return Subscription(topics or (name,), name, group, 60)


async def connected(address: tuple[str, int]) -> MqttClient:
    client = await MqttConnection(url=f"mqtt://{address[0]}:{address[1]}").connect(opening())
    assert isinstance(client, MqttClient)
    return client


class TestMqtt(BrokerContract):
    requests = True
    to_queue = False

    @pytest.fixture(params=["fake", "real"])
    async def client(self, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
        fake = request.param == "fake"
        client = MqttConnection(url="mqtt://absent").fake() if fake else await connected(broker_at(MQTT, "MQTT"))
        yield client
        await client.close()

    def listen(self, client: Any, name: str, prefetch: int = 10) -> AbstractAsyncContextManager[Arrivals]:
        return client.listen(to(name), prefetch)  # type: ignore[no-any-return]

    async def test_patterns(self, client: Any) -> None:
        name = self.name()
        async with client.listen(to(name, f"{name}/+/t", f"{name}/all/#"), 9) as arrivals:
            for topic in ("a/t", "a/b/t", "all", "all/x/y", "b/t"):
                await client.publish(Message(f"{name}/{topic}", b"", "i"))
            seen = [(await next_of(arrivals)).about["topic"] for _ in range(4)]
            assert seen == [f"{name}/{topic}" for topic in ("a/t", "all", "all/x/y", "b/t")]

    async def test_what_comes_meanwhile_waits(self, client: Any) -> None:
        name = self.name()
        async with self.listen(client, name):
            pass
        await client.publish(self.message(name, b"meanwhile"))
        async with self.listen(client, name) as arrivals:
            arrival = await next_of(arrivals)
            assert arrival.body == b"meanwhile"
            await arrival.accept()


@pytest.fixture
def address() -> tuple[str, int]:
    return broker_at(MQTT, "MQTT")


@pytest.fixture
async def mqtt(address: tuple[str, int]) -> AsyncIterator[MqttClient]:
    client = await connected(address)
    yield client
    await client.close()


async def test_a_group_shares_the_messages(mqtt: MqttClient) -> None:
    name = BrokerContract().name()
    one, other = to(f"{name}1", name, group=name), to(f"{name}2", name, group=name)
    async with mqtt.listen(one, 9) as ones, mqtt.listen(other, 9) as others:
        for number in range(6):
            await mqtt.publish(Message(name, b"%d" % number, "i"))
        waiting = [asyncio.ensure_future(anext(each)) for each in (ones, others)]
        seen: list[bytes] = []
        while len(seen) < 6:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=10)
            for place, each in enumerate((ones, others)):
                if waiting[place].done():
                    arrival = waiting[place].result()
                    seen.append(arrival.body)
                    await arrival.accept()
                    waiting[place] = asyncio.ensure_future(anext(each))
        assert sorted(seen) == [b"%d" % number for number in range(6)]
        for task in waiting:
            task.cancel()


@pytest.mark.parametrize("topic", ["a/#", "a/+", "$SYS/x"])
async def test_patterns_are_no_destinations(mqtt: MqttClient, topic: str) -> None:
    with pytest.raises(FlowError) as raised:
        await mqtt.publish(Message(topic, b"", "i"))
    assert raised.value.code == "connector.broker.destination"


async def test_the_broker_goes_and_comes_back(address: tuple[str, int]) -> None:
    proxy, name = Proxy(*address), BrokerContract().name()
    client = await connected(("127.0.0.1", proxy.port))
    async with client.listen(to(name), 5) as arrivals:
        for number in range(3):
            await client.publish(Message(name, b"%d" % number, str(number)))
        first, second, third = [await next_of(arrivals) for _ in range(3)]
        await first.accept()
        # The one before it is still worked on, and comes again with it.
        await third.accept()
        asking = asyncio.ensure_future(client.request(Message(name, b"3", "3"), 10))
        await next_of(arrivals)
        proxy.cut()
        for use in (next_of(arrivals), asking):
            with pytest.raises(FlowError) as raised:
                await use
            assert raised.value.code == "connector.unavailable"
        with pytest.raises(FlowError):
            await second.accept()
    for attempt in (client.check(), client.publish(Message(name, b"", "i"))):
        with pytest.raises(FlowError) as raised:
            await attempt
        assert raised.value.code == "connector.unavailable"
    proxy.restore()
    async with client.listen(to(name), 5) as arrivals:
        seen = [await next_of(arrivals) for _ in range(3)]
        assert sorted((each.body, each.redelivered) for each in seen) == [(b"1", True), (b"2", True), (b"3", True)]
        for each in seen:
            await each.accept()
    await client.close()
    proxy.cut()
