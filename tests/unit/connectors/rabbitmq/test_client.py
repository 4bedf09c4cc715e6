import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aio_pika
import pytest

from airdock.connectors.broker import Message
from airdock.connectors.rabbitmq.client import RabbitClient
from airdock.connectors.rabbitmq.connection import RabbitConnection
from airdock.connectors.rabbitmq.trigger import RabbitTrigger
from airdock.errors import FlowError
from airdock.spec.connection import Client, Secret
from tests.brokers import RABBITMQ, broker_at
from tests.service.proxy import Proxy
from tests.unit.connectors.broker.contract import Arrivals, BrokerContract, next_of
from tests.unit.connectors.opening import opening


def trigger(queue: str, **fields: Any) -> RabbitTrigger:
    return RabbitTrigger(connection="p/c.connection", queue=queue, **fields)


async def connected(address: tuple[str, int], **fields: Any) -> RabbitClient:
    url = f"amqp://{address[0]}:{address[1]}"
    client = await RabbitConnection(url=url, **fields).connect(opening({"wrong": "w"}))
    assert isinstance(client, RabbitClient)
    return client


class Cleaning:
    """Queues that are deleted when the test has ended."""

    def __init__(self) -> None:
        self.queues: set[str] = set()


class TestRabbit(BrokerContract):
    requests = True

    @pytest.fixture(params=["fake", "real"])
    async def client(self, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
        self.queues: set[str] = set()
        if request.param == "fake":
            yield RabbitConnection(url="amqp://absent").fake()
            return
        client = await connected(broker_at(RABBITMQ, "RabbitMQ"))
        yield client
        await deleted(client, self.queues)
        await client.close()

    def listen(self, client: Any, name: str, prefetch: int = 10) -> AbstractAsyncContextManager[Arrivals]:
        self.queues.add(name)
        return client.listen(trigger(name), prefetch)  # type: ignore[no-any-return]

    async def test_topics_feed_the_queues_that_are_bound(self, client: Any) -> None:
        one, other, root = self.name(), self.name(), self.name()
        self.queues |= {one, other}
        all_of, tea = client.listen(trigger(one, topics=[f"{root}.#"]), 9), trigger(other, topics=[f"{root}.tea.*"])
        async with all_of as all_arrivals, client.listen(tea, 9) as tea_arrivals:
            for topic in (f"{root}.pot", f"{root}.tea.green", f"{root}x", root):
                await client.publish(Message(topic, topic.encode(), "i"))
            seen = [await next_of(all_arrivals) for _ in range(3)]
            assert [each.about["topic"] for each in seen] == [f"{root}.pot", f"{root}.tea.green", root]
            assert (await next_of(tea_arrivals)).body == f"{root}.tea.green".encode()


async def deleted(client: RabbitClient, queues: set[str]) -> None:
    channel = await client._new_channel()
    for queue in queues:
        await channel.queue_delete(queue)


@pytest.fixture
def address() -> tuple[str, int]:
    return broker_at(RABBITMQ, "RabbitMQ")


@pytest.fixture
async def rabbit(address: tuple[str, int]) -> AsyncIterator[RabbitClient]:
    client = await connected(address)
    yield client
    await client.close()


@pytest.fixture
async def queue(rabbit: RabbitClient) -> AsyncIterator[str]:
    """The name of a queue, which is deleted when the test has ended."""
    name = BrokerContract().name()
    yield name
    await deleted(rabbit, {name})


async def test_a_message_to_no_queue_is_an_error(rabbit: RabbitClient, queue: str) -> None:
    for message in (Message(queue, b"", "i", queue=True), Message(queue, b"", "i", queue=True, delay=0.01)):
        with pytest.raises(FlowError) as raised:
            await rabbit.publish(message)
        assert raised.value.code == "connector.broker.unroutable"
    with pytest.raises(FlowError) as raised:
        await rabbit.request(Message(queue, b"", "i"), 1)
    assert raised.value.code == "connector.broker.unroutable"
    # A topic that nobody listens to is none.
    await rabbit.publish(Message(queue, b"", "i"))


async def test_a_message_is_kept_back(rabbit: RabbitClient, queue: str) -> None:
    async with rabbit.listen(trigger(queue, topics=[f"{queue}.t"]), 9) as arrivals:
        await rabbit.publish(Message(queue, b"late", "1", queue=True, delay=0.2))
        await rabbit.publish(Message(f"{queue}.t", b"later", "2", delay=0.4))
        await rabbit.publish(Message(queue, b"now", "3", queue=True))
        assert [(await next_of(arrivals)).body for _ in range(3)] == [b"now", b"late", b"later"]


async def test_a_message_that_has_expired_is_not_delivered(rabbit: RabbitClient, queue: str) -> None:
    async with rabbit.listen(trigger(queue), 1):
        pass
    await rabbit.publish(Message(queue, b"old", "1", queue=True, expiration=0.0))
    await rabbit.publish(Message(queue, b"fresh", "2", queue=True, expiration=60))
    async with rabbit.listen(trigger(queue), 1) as arrivals:
        assert (await next_of(arrivals)).body == b"fresh"


async def test_greater_priorities_come_first(rabbit: RabbitClient, queue: str) -> None:
    wanted = trigger(queue, max_priority=5)
    async with rabbit.listen(wanted, 1):
        pass
    for priority in (1, 5, 3):
        await rabbit.publish(Message(queue, b"", "i", queue=True, priority=priority))
    async with rabbit.listen(wanted, 9) as arrivals:
        assert [(await next_of(arrivals)).about["priority"] for _ in range(3)] == [5, 3, 1]


async def test_a_quorum_queue_counts_deliveries(rabbit: RabbitClient, queue: str) -> None:
    wanted = trigger(queue, queue_type="quorum")
    async with rabbit.listen(wanted, 1) as arrivals:
        await rabbit.publish(Message(queue, b"", "i", queue=True))
        await (await next_of(arrivals)).release()
        arrival = await next_of(arrivals)
        assert arrival.about["deliveries"] == 2
        await arrival.accept()


async def test_a_queue_that_must_be_there(rabbit: RabbitClient, queue: str) -> None:
    with pytest.raises(FlowError) as raised:
        async with rabbit.listen(trigger(queue, declare="passive"), 1):
            pass
    assert raised.value.code == "connector.broker.unroutable"
    async with rabbit.listen(trigger(queue), 1):
        pass
    async with rabbit.listen(trigger(queue, declare="passive"), 1):
        pass
    with pytest.raises(FlowError) as raised:
        async with rabbit.listen(trigger(queue, max_priority=3), 1):
            pass
    assert raised.value.code == "connector.broker.rejected"


async def test_an_exchange_of_the_installations_own(address: tuple[str, int], queue: str) -> None:
    client = await connected(address, exchange=queue, exchange_type="fanout")
    async with client.listen(trigger(queue, topics=["any"]), 1) as arrivals:
        await client.publish(Message("some", b"1", "i"))
        arrival = await next_of(arrivals)
        assert (arrival.about["exchange"], arrival.about["topic"]) == (queue, "some")
        await arrival.accept()
    channel = await client._new_channel()
    await channel.exchange_delete(queue)
    await client.close()


async def test_a_queue_that_is_deleted_ends_the_source(rabbit: RabbitClient, queue: str) -> None:
    async with rabbit.listen(trigger(queue), 1) as arrivals:
        await deleted(rabbit, {queue})
        with pytest.raises(FlowError, match="not there any more"):
            await next_of(arrivals)


async def test_messages_of_other_programs(rabbit: RabbitClient, queue: str) -> None:
    async with rabbit.listen(trigger(queue), 1) as arrivals:
        channel = await rabbit._new_channel()
        headers: Any = {"n": 1, "b": bytearray(b"\xff"), "nested": {"a": [1]}, "none": None, "t": True}
        await channel.default_exchange.publish(aio_pika.Message(b"x", headers=headers, content_encoding="gzip"), queue)
        arrival = await next_of(arrivals)
        assert (arrival.key, arrival.content_type) == ("", "")
        assert arrival.headers == {"n": "1", "b": "\ufffd", "t": "True", "content-encoding": "gzip"}
        await arrival.accept()


async def test_a_wrong_password_is_refused(address: tuple[str, int]) -> None:
    client: Client = await connected(address, password=Secret(secret="wrong"))
    with pytest.raises(FlowError) as raised:
        await client.check()
    assert raised.value.code == "connector.refused"
    assert "'w'" not in str(raised.value)
    await client.close()


class TestCut:
    """The broker goes, and comes back."""

    async def test_what_was_not_accepted_comes_again_when_it_is_back(
        self, address: tuple[str, int], queue: str
    ) -> None:
        proxy = Proxy(*address)
        client = await connected(("127.0.0.1", proxy.port))
        async with client.listen(trigger(queue), 5) as arrivals:
            for number in range(3):
                await client.publish(Message(queue, b"%d" % number, str(number), queue=True))
            await (await next_of(arrivals)).accept()
            await next_of(arrivals)
            third = await next_of(arrivals)
            asking = asyncio.ensure_future(client.request(Message(queue, b"3", "3", queue=True), 10))
            await next_of(arrivals)
            proxy.cut()
            for use in (next_of(arrivals), asking):
                with pytest.raises(FlowError) as raised:
                    await use
                assert raised.value.code == "connector.unavailable"
        with pytest.raises(Exception):  # noqa: B017, PT011 -- whatever the client raises
            await third.accept()
        for attempt in (client.check(), client.publish(Message(queue, b"", "", queue=True))):
            with pytest.raises(FlowError) as raised:
                await attempt
            assert raised.value.code == "connector.unavailable"
        proxy.restore()
        await client.publish(Message(queue, b"4", "4", queue=True))
        async with client.listen(trigger(queue), 5) as arrivals:
            seen = [await next_of(arrivals) for _ in range(4)]
            assert sorted((each.body, each.redelivered) for each in seen) == [
                (b"1", True),
                (b"2", True),
                (b"3", True),
                (b"4", False),
            ]
            for each in seen:
                await each.accept()
        await client.close()
        proxy.cut()

    async def test_it_is_away_at_the_start(self, address: tuple[str, int]) -> None:
        proxy = Proxy(*address)
        proxy.cut()
        client = await connected(("127.0.0.1", proxy.port))
        with pytest.raises(FlowError) as raised:
            await client.check()
        assert raised.value.code == "connector.unavailable"
        proxy.restore()
        await client.check()
        await client.close()
        proxy.cut()

    async def test_nobody_of_rabbitmq_answers(self) -> None:
        async def silent(reader: Any, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        client = await connected(server.sockets[0].getsockname()[:2], timeout=0.2)
        with pytest.raises(FlowError) as raised:
            await client.check()
        assert raised.value.code in ("connector.timeout", "connector.unavailable")
        await client.close()
        server.close()
