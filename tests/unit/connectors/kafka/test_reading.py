"""A member of a group, with a consumer that does as the test says."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

import pytest
from aiokafka import OffsetAndMetadata, TopicPartition  # type: ignore[import-untyped]
from aiokafka.errors import CommitFailedError, GroupAuthorizationFailedError  # type: ignore[import-untyped]

from airdock.connectors.kafka.messages import KafkaArrival
from airdock.connectors.kafka.reading import Reader
from airdock.connectors.kafka.trigger import Subscription
from airdock.errors import FlowError
from tests.unit.connectors.broker.contract import next_of

ONE, OTHER = TopicPartition("t", 0), TopicPartition("t", 1)
Until = Callable[[Callable[[], Any]], Awaitable[None]]


class Record(NamedTuple):
    offset: int
    partition: int = 0
    topic: str = "t"
    key: bytes | None = None
    value: bytes | None = b"1"
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp: int = 1


class Consumer:
    """Attributes: kept: What the group has committed. refusing: Commits fail, as others have what is committed."""

    rejoin = 5.0
    reached = True

    def __init__(self) -> None:
        self.kept_ones: dict[Any, OffsetAndMetadata] = {}
        self.refusing = False
        self.error: Exception | None = None
        self.positions: dict[Any, int] = {}
        self.waiting: asyncio.Queue[dict[Any, list[Record]]] = asyncio.Queue()

    async def knows(self, topic: str) -> bool:
        return True

    def begin(self, listener: Any) -> None:
        self.joining = asyncio.ensure_future(listener.on_partitions_assigned({ONE, OTHER}))

    async def kept(self, partitions: Iterable[Any]) -> dict[Any, OffsetAndMetadata]:
        return {each: self.kept_ones[each] for each in partitions if each in self.kept_ones}

    async def beginning_offsets(self, partitions: Iterable[Any]) -> dict[Any, int]:
        return dict.fromkeys(partitions, 0)

    def seek(self, partition: Any, offset: int) -> None:
        self.positions[partition] = offset

    def paused(self) -> set[Any]:
        return set()

    def check(self) -> None:
        if self.error is not None:
            raise self.error

    async def getmany(self, timeout_ms: int, max_records: int) -> dict[Any, list[Record]]:
        self.check()
        return await self.waiting.get()

    async def commit(self, offsets: dict[Any, OffsetAndMetadata]) -> None:
        if self.refusing:
            raise CommitFailedError
        self.kept_ones |= offsets

    @property
    def offsets(self) -> dict[Any, int]:
        return {partition: kept.offset for partition, kept in self.kept_ones.items()}


async def reader_of(consumer: Any, **fields: Any) -> Reader:
    reader = Reader(consumer, Subscription(("t",), "g", **fields), "p/k.connection", 10, 1.0)
    await reader.begin()
    return reader


async def given(consumer: Consumer, reader: Reader, *records: Record) -> list[Any]:
    for record in records:
        consumer.waiting.put_nowait({TopicPartition(record.topic, record.partition): [record]})
    return [await next_of(reader.inbox) for _ in records]


async def test_a_new_group_is_known_at_once(until: Until) -> None:
    consumer = Consumer()
    reader = await reader_of(consumer)
    await until(lambda: consumer.offsets == {ONE: 0, OTHER: 0})
    await reader.end()


async def test_runs_may_end_and_are_committed_before_a_partition_goes() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer, handover=30.0)
    first, second, third = await given(consumer, reader, Record(0), Record(1), Record(0, 1))
    leaving = asyncio.ensure_future(reader.on_partitions_revoked({ONE, OTHER}))
    for arrival in (second, third, first):
        assert not leaving.done()
        await arrival.accept()
    await leaving
    assert consumer.offsets == {ONE: 2, OTHER: 1}
    assert consumer.kept_ones[ONE].metadata == "airdock:2"
    await reader.end()


async def test_what_does_not_end_in_time_goes_on_where_it_stays() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer, handover=0.01)
    first, second, third = await given(consumer, reader, Record(0), Record(1), Record(0, 1))
    await first.accept()
    await reader.on_partitions_revoked({ONE, OTHER})
    assert consumer.offsets == {ONE: 1, OTHER: 0}
    await reader.on_partitions_assigned({ONE})
    assert consumer.positions[ONE] == 2
    assert [each.withdrawn for each in (second, third)] == [False, True]
    await second.accept()
    with pytest.raises(FlowError, match="another member"):
        await third.accept()
    await reader.end()
    assert consumer.offsets == {ONE: 2, OTHER: 0}


async def test_where_another_member_went_further_what_is_in_hand_is_left() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer, handover=0.01)
    (first,) = await given(consumer, reader, Record(0))
    await reader.on_partitions_revoked({ONE, OTHER})
    consumer.kept_ones[ONE] = OffsetAndMetadata(5, "airdock:9")
    await reader.on_partitions_assigned({ONE, OTHER})
    assert first.withdrawn
    assert consumer.positions[ONE] == 5
    known, fresh = await given(consumer, reader, Record(8), Record(9))
    assert (known.redelivered, fresh.redelivered) == (True, False)
    await reader.end()


async def test_nothing_is_given_that_is_not_noted() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer)
    consumer.refusing = True
    consumer.waiting.put_nowait({ONE: [Record(0)]})
    waiting = asyncio.ensure_future(anext(reader.inbox))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done
    # The group was shared out anew meanwhile: it is read again.
    consumer.refusing = False
    await reader.on_partitions_assigned({ONE})
    consumer.waiting.put_nowait({ONE: [Record(0)]})
    assert (await asyncio.wait_for(waiting, 5)).about["offset"] == 0
    await reader.end()


async def test_what_goes_wrong_in_the_background_is_told() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer)
    consumer.error = GroupAuthorizationFailedError("g")
    consumer.waiting.put_nowait({})
    with pytest.raises(FlowError) as raised:
        await next_of(reader.inbox)
    assert raised.value.code == "connector.refused"
    await reader.end()


async def test_a_message_of_another_program() -> None:
    consumer = Consumer()
    reader = await reader_of(consumer, by_partition=True)
    record = Record(3, key=b"\xff", value=None, headers=(("Content-Type", b"text/csv"), ("X", b"\xe4")))
    (arrival,) = await given(consumer, reader, record)
    assert isinstance(arrival, KafkaArrival)
    assert (arrival.id, arrival.key, arrival.lane) == ("t/0/3@1", "\\xff", "t/0")
    assert (arrival.body, arrival.content_type, arrival.headers) == (b"", "text/csv", {"x": "\ufffd"})
    assert arrival.about == {"topic": "t", "partition": 0, "offset": 3, "timestamp": 1}
    await reader.end()
