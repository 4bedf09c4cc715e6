import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from aiokafka.consumer.group_coordinator import GroupCoordinator  # type: ignore[import-untyped]

from airdock.connectors.broker import Message
from airdock.connectors.kafka.client import KafkaClient
from airdock.connectors.kafka.connection import KafkaConnection
from airdock.connectors.kafka.trigger import Subscription
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival
from tests.kafka import JOIN_GROUP, PRODUCE, KafkaCluster
from tests.unit.connectors.broker.contract import Arrivals, BrokerContract, next_of
from tests.unit.connectors.opening import opening

Until = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def given_back(cluster: KafkaCluster) -> Iterator[None]:
    yield
    cluster.give_back()


@pytest.fixture(autouse=True)
def leaders_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cluster, unlike a real one, has no answer for a member that asks what it is to read after its leader has said
    so: leaders take their time."""
    share_out = GroupCoordinator._perform_assignment

    async def late(coordinator: Any, response: Any) -> Any:
        if len(response.members) > 1:
            await asyncio.sleep(0.1)
        return await share_out(coordinator, response)

    monkeypatch.setattr(GroupCoordinator, "_perform_assignment", late)


def to(name: str, *topics: str, **fields: Any) -> Subscription:
    return Subscription(topics or (name,), name, session=2.0, handover=1.0)._replace(**fields)


async def connected(cluster: KafkaCluster, **fields: Any) -> KafkaClient:
    client = await KafkaConnection(servers=[cluster.server], **fields).connect(opening())
    assert isinstance(client, KafkaClient)
    return client


class TestKafka(BrokerContract):
    to_queue = False

    @pytest.fixture(params=["fake", "real"])
    async def client(self, request: pytest.FixtureRequest, cluster: KafkaCluster) -> AsyncIterator[Any]:
        fake = request.param == "fake"
        client = KafkaConnection(servers=["absent:9092"]).fake() if fake else await connected(cluster)
        self.cluster = cluster
        yield client
        await client.close()

    def name(self) -> str:
        return self.cluster.topic(super().name(), 1)

    def listen(self, client: Any, name: str, prefetch: int = 10) -> AbstractAsyncContextManager[Arrivals]:
        return client.listen(to(name), prefetch)  # type: ignore[no-any-return]

    async def test_a_group_that_is_new_begins_where_it_is_to(self, client: Any) -> None:
        name = self.name()
        await client.publish(self.message(name, b"before"))
        async with client.listen(to(name, group=name + "-late", earliest=False), 9) as arrivals:
            await client.publish(self.message(name, b"after"))
            assert (await next_of(arrivals)).body == b"after"
        async with client.listen(to(name, group=name + "-early"), 9) as arrivals:
            assert [(await next_of(arrivals)).body for _ in range(2)] == [b"before", b"after"]

    async def test_patterns(self, client: Any) -> None:
        name = self.name()
        topics = [self.cluster.topic(f"{name}.{end}", 1) for end in ("a", "b", "c")]
        async with client.listen(to(name, f"{name}.a*", f"{name}.c"), 9) as arrivals:
            for topic in topics:
                await client.publish(self.message(topic))
            assert {(await next_of(arrivals)).about["topic"] for _ in range(2)} == {topics[0], topics[2]}

    async def test_it_tells_where_a_message_is(self, client: Any) -> None:
        name = self.cluster.topic(BrokerContract().name(), 4)
        receipts = [await client.publish(self.message(name, partition=partition)) for partition in (3, 3, 0)]
        assert receipts == [
            {"topic": name, "partition": 3, "offset": 0},
            {"topic": name, "partition": 3, "offset": 1},
            {"topic": name, "partition": 0, "offset": 0},
        ]
        async with self.listen(client, name) as arrivals:
            seen = {
                (arrival.about["partition"], arrival.about["offset"])
                for arrival in [await next_of(arrivals) for _ in receipts]
            }
            assert seen == {(3, 0), (3, 1), (0, 0)}


@pytest.fixture
async def kafka(cluster: KafkaCluster, request: pytest.FixtureRequest) -> AsyncIterator[KafkaClient]:
    """A client; a test's parameter has the fields of its connection."""
    client = await connected(cluster, **{"timeout": 5.0, **getattr(request, "param", {})})
    yield client
    await client.close()


def topic_of(cluster: KafkaCluster, partitions: int = 1) -> str:
    return cluster.topic(BrokerContract().name(), partitions)


def number(arrival: Arrival) -> int:
    return int(arrival.body)


async def send(kafka: KafkaClient, topic: str, *numbers: int, **fields: Any) -> None:
    for each in numbers:
        await kafka.publish(Message(topic, b"%d" % each, f"id-{each}", **fields))


async def test_the_offset_never_passes_what_is_not_worked_off(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    await send(kafka, name, *range(5))
    async with kafka.listen(to(name), 5) as arrivals:
        seen = [await next_of(arrivals) for _ in range(5)]
        assert not any(each.redelivered for each in seen)
        for place in (3, 0, 2):
            await seen[place].accept()
    async with kafka.listen(to(name), 9) as arrivals:
        again = [await next_of(arrivals) for _ in range(4)]
        assert [number(each) for each in again] == [1, 2, 3, 4]
        assert all(each.redelivered for each in again)
        for each in again:
            await each.accept()
        await send(kafka, name, 5)
        last = await next_of(arrivals)
        assert (number(last), last.redelivered) == (5, False)
        await last.accept()
    async with kafka.listen(to(name), 9) as arrivals:
        await send(kafka, name, 6)
        last = await next_of(arrivals)
        assert (number(last), last.redelivered) == (6, False)


async def test_a_process_that_stood_still(cluster: KafkaCluster, kafka: KafkaClient, until: Until) -> None:
    name = topic_of(cluster)
    await send(kafka, name, 1)
    other = OtherLoop()
    theirs = await other.run(connected(cluster))
    listening = theirs.listen(to(name), 9)
    arrivals = await other.run(listening.__aenter__())
    held = await other.run(next_of(arrivals))
    other.stand_still()
    # The group misses it in time, and what it holds is known as given before.
    async with kafka.listen(to(name), 9) as others:
        again = await next_of(others)
        assert (again.id, again.redelivered) == (held.id, True)
        await again.accept()
    other.go_on()
    await until(lambda: held.withdrawn)
    with pytest.raises(FlowError):
        await other.run(held.accept())
    await other.run(listening.__aexit__(None, None, None))
    await other.run(theirs.close())
    other.close()
    async with kafka.listen(to(name), 9) as others:
        await send(kafka, name, 2)
        assert number(await next_of(others)) == 2


class OtherLoop:
    """An event loop in a thread of its own, which may stand still."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self.go_on()

    def go_on(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def stand_still(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        self.stand_still()
        self._loop.close()


async def test_members_share_the_partitions(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster, 4)
    for partition in range(4):
        await send(kafka, name, partition * 10, partition * 10 + 1, partition=partition)
    async with kafka.listen(to(name), 20) as ones:
        mine = {number(arrival): arrival for arrival in [await next_of(ones) for _ in range(8)]}
        await mine[0].accept()
        async with kafka.listen(to(name), 20) as others:
            theirs = {number(arrival): arrival for arrival in [await next_of(others) for _ in range(3)]}
            while len(theirs) < 4 and 0 not in {each.about["partition"] for each in theirs.values()}:
                arrival = await next_of(others)
                theirs[number(arrival)] = arrival
            lost = {each.about["partition"] for each in theirs.values()}
            assert len(lost) == 2
            assert 0 not in theirs
            for value, arrival in mine.items():
                gone = arrival.about["partition"] in lost and value != 0
                assert arrival.withdrawn == gone
                if gone:
                    with pytest.raises(FlowError, match="another member"):
                        await arrival.accept()
                elif value != 0:
                    await arrival.accept()
            for arrival in theirs.values():
                assert arrival.redelivered
                await arrival.accept()
        for partition in range(4):
            await send(kafka, name, partition * 10 + 2, partition=partition)
        # All is mine again, and nothing that was accepted comes twice.
        assert {number(arrival) for arrival in [await next_of(ones) for _ in range(4)]} == {2, 12, 22, 32}


async def test_an_order_by_partitions(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    await send(kafka, name, 1, key="k")
    for by_partition, lane in ((True, f"{name}/0"), (False, "k")):
        async with kafka.listen(to(name, by_partition=by_partition), 9) as arrivals:
            arrival = await next_of(arrivals)
            assert (arrival.key, arrival.lane) == ("k", lane)


async def test_little_is_begun_behind_one_that_is_open(
    cluster: KafkaCluster, kafka: KafkaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airdock.connectors.kafka.reading._FURTHEST", 5)
    name = topic_of(cluster)
    await asyncio.gather(*(send(kafka, name, each) for each in range(30)))
    async with kafka.listen(to(name), 2) as arrivals:
        first = await next_of(arrivals)
        for _ in range(19):
            await (await next_of(arrivals)).accept()
        waiting = asyncio.ensure_future(anext(arrivals))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        await first.accept()
        await (await asyncio.wait_for(waiting, 10)).accept()


async def test_a_message_without_a_body_is_a_tombstone(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    await kafka.publish(Message(name, b"", "i", key="k"))
    async with kafka.listen(to(name), 9) as arrivals:
        arrival = await next_of(arrivals)
        assert (arrival.body, arrival.key) == (b"", "k")


@pytest.mark.parametrize("topic", ["", ".", "a/b", "__consumer_offsets", "x" * 250])
async def test_names_that_are_no_destinations(kafka: KafkaClient, topic: str) -> None:
    with pytest.raises(FlowError) as raised:
        await kafka.publish(Message(topic, b"", "i"))
    assert raised.value.code == "connector.broker.destination"


async def test_a_partition_that_is_not_there(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    with pytest.raises(FlowError, match="has no partition 7: it has 2") as raised:
        await kafka.publish(Message(topic_of(cluster, 2), b"", "i", partition=7))
    assert raised.value.code == "connector.broker.value"


@pytest.mark.parametrize("kafka", [{"timeout": 0.5}], indirect=True)
async def test_a_topic_that_is_not_there(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = cluster.no_topic(BrokerContract().name())
    for use in (kafka.publish(Message(name, b"", "i")), kafka.listen(to(name), 9).__aenter__()):
        with pytest.raises(FlowError, match="has no topic") as raised:
            await use
        assert raised.value.code == "connector.broker.unroutable"


@pytest.mark.parametrize(
    ("request_", "code", "told"),
    [
        (PRODUCE, 10, "connector.broker.rejected"),
        (PRODUCE, 29, "connector.refused"),
        (JOIN_GROUP, 30, "connector.refused"),
        (JOIN_GROUP, 26, "connector.failed"),
    ],
)
async def test_what_the_brokers_refuse(
    cluster: KafkaCluster, kafka: KafkaClient, request_: int, code: int, told: str
) -> None:
    name = topic_of(cluster)
    cluster.refuse(request_, code)
    with pytest.raises(FlowError) as raised:
        await (send(kafka, name, 1) if request_ == PRODUCE else kafka.listen(to(name), 9).__aenter__())
    assert raised.value.code == told
    await send(kafka, name, 2)
    async with kafka.listen(to(name), 9) as arrivals:
        assert number(await next_of(arrivals)) == 2


@pytest.mark.parametrize("kafka", [{"timeout": 1.0}], indirect=True)
async def test_the_brokers_go_and_come_back(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    async with kafka.listen(to(name), 5) as arrivals:
        await send(kafka, name, 0, 1, 2)
        first, second, third = [await next_of(arrivals) for _ in range(3)]
        cluster.take_away()
        await first.accept()
        await third.accept()
        with pytest.raises(FlowError) as raised:
            await next_of(arrivals)
        assert raised.value.code == "connector.unavailable"
        with pytest.raises(FlowError):
            await second.accept()
    for attempt in (lambda: send(kafka, name, 3), kafka.check, lambda: kafka.listen(to(name), 5).__aenter__()):
        with pytest.raises(FlowError) as raised:
            await attempt()
        assert raised.value.code in ("connector.unavailable", "connector.timeout")
    cluster.give_back()
    await kafka.check()
    async with kafka.listen(to(name), 5) as arrivals:
        seen = [await next_of(arrivals) for _ in range(3)]
        assert [number(each) for each in seen] == [0, 1, 2]
        assert all(each.redelivered for each in seen)


async def test_a_short_absence_is_bridged(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    async with kafka.listen(to(name), 5) as arrivals:
        await send(kafka, name, 0)
        first = await next_of(arrivals)
        cluster.take_away()
        sending = asyncio.ensure_future(send(kafka, name, 1))
        await asyncio.wait([sending], timeout=0.3)
        cluster.give_back()
        await sending
        second = await next_of(arrivals)
        assert number(second) == 1
        for each in (first, second):
            await each.accept()
    async with kafka.listen(to(name), 5) as arrivals:
        await send(kafka, name, 2)
        # What was accepted comes again where the group was still about to find its broker.
        while (come := number(await next_of(arrivals))) != 2:
            assert come in (0, 1)


@pytest.mark.parametrize(
    "kafka",
    [{"compression": each, "acks": "1", "idempotent": False} for each in ("gzip", "snappy", "lz4", "zstd")],
    indirect=True,
)
async def test_compressed_messages(cluster: KafkaCluster, kafka: KafkaClient) -> None:
    name = topic_of(cluster)
    await kafka.publish(Message(name, b"x" * 10_000, "i"))
    async with kafka.listen(to(name), 9) as arrivals:
        assert (await next_of(arrivals)).body == b"x" * 10_000
