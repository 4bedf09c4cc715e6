"""Reads for a listener: takes up partitions, gives what they have, commits what was worked off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

from aiokafka import ConsumerRebalanceListener, OffsetAndMetadata  # type: ignore[import-untyped]
from aiokafka.errors import (  # type: ignore[import-untyped]
    CommitFailedError,
    IllegalStateError,
    KafkaError,
)

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.errors import unavailable
from airdock.connectors.kafka.consumer import Consumer
from airdock.connectors.kafka.errors import failure, no_topic, told
from airdock.connectors.kafka.messages import KafkaArrival
from airdock.connectors.kafka.partitions import Partition
from airdock.connectors.kafka.trigger import Subscription
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError

_FETCH_MS = 1000
_LOOK = 0.25
"""Seconds between two looks whether the brokers are there."""
_TOPIC = 5.0
"""Seconds in which the brokers may make a topic."""
_FURTHEST = 1000
"""So many offsets, or ten times the prefetch, may be given behind one that is open."""


class Reader(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a group, from `begin` to `end`.

    Attributes:
        inbox: What came.
    """

    def __init__(self, consumer: Consumer, wanted: Subscription, name: str, prefetch: int, patience: float) -> None:
        """`patience`: seconds that brokers may take to answer, and may be away before that counts as an end."""
        self.inbox = Inbox()
        self._consumer = consumer
        self._wanted = wanted
        self._name = name
        self._prefetch = prefetch
        self._patience = patience
        self._partitions: dict[Any, Partition] = {}
        self._open = 0
        self._sharing_out = True
        self._taken_up = asyncio.Event()
        self._news = asyncio.Event()
        self._to_commit = asyncio.Event()
        self._committing = asyncio.Lock()
        self._over = False
        self._error: FlowError | None = None
        self._tasks: list[asyncio.Task[None]] = []

    # From the beginning to the end.

    async def begin(self) -> None:
        """Joins the group, with a consumer that was started, and waits until it says what to read; raises FlowError."""
        for topic in self._wanted.topics:
            if "*" not in topic:
                await self._ask_for(topic)
        self._consumer.begin(self)
        self._tasks = [asyncio.create_task(each) for each in (self._read(), self._commit_for_ever(), self._watch())]
        try:
            await within(self._consumer.rejoin + self._patience, self._taken_up.wait())
        except DeadlineError:
            message = f"{self._name}: the group {self._wanted.group!r} lets nobody in"
            raise FlowError("connector.timeout", message) from None
        if self._error is not None:
            raise self._error

    async def _ask_for(self, topic: str) -> None:
        try:
            with told(self._name, topic):
                await within(min(_TOPIC, self._patience), self._consumer.knows(topic))
        except FlowError as error:
            if error.code == "connector.timeout":
                raise no_topic(self._name, topic) from error
            raise

    async def end(self) -> None:
        """Commits what was worked off; raises nothing."""
        self._over = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for partition in self._partitions.values():
            partition.rest()
        with suppress(KafkaError, DeadlineError, OSError):
            if self._consumer.reached:
                await within(self._patience, self._commit())

    def _break_off(self, error: Exception) -> None:
        self._over = True
        self._error = self._error or failure(self._name, error)
        self.inbox.break_off(self._error)
        self._taken_up.set()
        self._news.set()

    # What is given.

    async def _read(self) -> None:
        try:
            while True:
                room = self._prefetch - self._open
                if room <= 0 or self._sharing_out:
                    self._consumer.check()
                    await self._change()
                    continue
                self._hold_back()
                came = await self._consumer.getmany(timeout_ms=_FETCH_MS, max_records=room)
                for where, records in came.items():
                    await self._give(where, records)
        except (KafkaError, OSError, FlowError) as error:
            self._break_off(error)

    async def _change(self, longest: float = _FETCH_MS / 1000) -> None:
        """Waits until something was worked off or taken up, for a while."""
        self._news.clear()
        with suppress(DeadlineError):
            await within(longest, self._news.wait())

    def _hold_back(self) -> None:
        """Reads no further where too much was given behind one that is open."""
        furthest = max(_FURTHEST, 10 * self._prefetch)
        paused = self._consumer.paused()
        for where, partition in self._partitions.items():
            if partition.span >= furthest and where not in paused:
                self._consumer.pause(where)
            elif partition.span < furthest and where in paused:
                self._consumer.resume(where)

    async def _give(self, where: Any, records: list[Any]) -> None:
        partition = self._partitions.get(where)
        noted = partition is not None and (
            partition.is_noted(records[-1].offset) or await self._note(partition, records)
        )
        if partition is None or not noted or self._partitions.get(where) is not partition or self._sharing_out:
            # The group is shared out anew: whoever takes the partition up reads on from what was given.
            return
        for record in records:
            if not partition.has(record.offset):
                again = record.offset < partition.may_be_known
                arrival = KafkaArrival(record, where, self, again, self._wanted.by_partition)
                partition.gave(record.offset, arrival)
                self._open += 1
                self.inbox.put(arrival)

    async def _note(self, partition: Partition, records: list[Any]) -> bool:
        """Whether it is committed that these will be given."""
        partition.note(records[-1].offset)
        return await self._commit()

    def finished(self, arrival: KafkaArrival) -> None:
        """A message was worked off.

        Raises:
            FlowError: `connector.unavailable`, another member has its partition, or the brokers are away.
        """
        partition = self._partitions.get(arrival.where)
        if self._over or partition is None or arrival.withdrawn:
            raise unavailable(self._name, "the message was given to another member of the group, or will be")
        self._open -= 1
        if partition.done(arrival.offset):
            self._to_commit.set()
        self._news.set()

    # What is committed.

    async def _commit_for_ever(self) -> None:
        try:
            while True:
                await self._to_commit.wait()
                self._to_commit.clear()
                await self._commit()
        except (KafkaError, OSError) as error:
            self._break_off(error)

    async def _commit(self) -> bool:
        """Commits what is finished; False where it cannot, as the group is shared out anew meanwhile."""
        async with self._committing:
            partitions = self._partitions
            unsaved = {where: what for where, each in partitions.items() if (what := each.unsaved) is not None}
            if not unsaved:
                return True
            try:
                await self._consumer.commit({where: OffsetAndMetadata(*what) for where, what in unsaved.items()})
            except (CommitFailedError, IllegalStateError):
                return False
            for where, what in unsaved.items():
                partitions[where].saved(what)
            return True

    # What the group says.

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """The group is shared out anew: runs may end, and what is finished is committed."""
        self._sharing_out = True
        if not self._partitions:
            return
        ends = monotonic() + self._wanted.handover
        while self._open and not self._over and (left := ends - monotonic()) > 0:
            await self._change(left)
        for partition in self._partitions.values():
            partition.rest()
        with suppress(KafkaError, DeadlineError, OSError):
            await within(self._patience, self._commit())

    async def on_partitions_assigned(self, assigned: Any) -> None:
        try:
            await within(self._patience, self._take_up(assigned))
        except (KafkaError, DeadlineError, OSError) as error:
            self._break_off(error)

    async def _take_up(self, assigned: Any) -> None:
        """What stays goes on where it was; what came begins with what the group has committed."""
        kept = await self._consumer.kept(assigned)
        fresh = [where for where in assigned if where not in kept]
        ask = self._consumer.beginning_offsets if self._wanted.earliest else self._consumer.end_offsets
        starts = await ask(fresh) if fresh else {}
        before, self._partitions = self._partitions, {}
        for where in assigned:
            old, known = before.get(where), kept.get(where)
            if old is not None and known is not None and old.goes_on(known.offset):
                self._partitions[where] = before.pop(where)
            elif known is not None:
                self._partitions[where] = Partition(known.offset, (known.offset, known.metadata))
            else:
                self._partitions[where] = Partition(starts[where])
            self._consumer.seek(where, self._partitions[where].next)
        for partition in before.values():
            partition.withdraw()
        self._open = sum(partition.open for partition in self._partitions.values())
        self._sharing_out = False
        if fresh:
            # From now on it is known where the group began, whatever comes before it has worked off anything.
            self._to_commit.set()
        self._taken_up.set()
        self._news.set()

    async def _watch(self) -> None:
        """The client looks for brokers that are away by itself, and says nothing; who listens is to know."""
        since = 0.0
        while True:
            await asyncio.sleep(_LOOK)
            if self._consumer.reached:
                since = 0.0
            elif not since:
                since = monotonic()
            elif monotonic() - since > self._patience:
                self._break_off(unavailable(self._name, "the broker that keeps the group is away"))
                return


@asynccontextmanager
async def reading(
    consumer: Consumer, wanted: Subscription, name: str, prefetch: int, patience: float
) -> AsyncIterator[Inbox]:
    """What comes to the topics of a listener."""
    reader = Reader(consumer, wanted, name, prefetch, patience)
    try:
        await reader.begin()
        yield reader.inbox
    finally:
        await reader.end()
