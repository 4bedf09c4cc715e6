"""The member of a consumer group: aiokafka's, with what it does not tell."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka.coordinator.assignors.sticky.sticky_assignor import (  # type: ignore[import-untyped]
    StickyPartitionAssignor,
)

from airdock.connectors.kafka.trigger import Subscription, has_pattern, pattern_of

_HEARTBEATS = 10
"""So many fit into the time after which the brokers give a member up."""
_LONGEST = 2**31 - 1
_PATTERN_AGE = 30.0
"""Seconds after which topics that are new are found by patterns."""


class Consumer(AIOKafkaConsumer):  # type: ignore[misc]
    """A member that commits by hand.

    Attributes:
        rejoin: Seconds that members have to come back when the group is shared out anew.
    """

    def __init__(self, wanted: Subscription, options: Mapping[str, Any]) -> None:
        self.rejoin = max(wanted.session, wanted.handover + 10.0)
        # The class itself keeps what it gave last, so that two members in one process would take it for theirs.
        assignor = type("Sticky", (StickyPartitionAssignor,), {})
        given = dict(options)
        if has_pattern(wanted.topics):
            given["metadata_max_age_ms"] = round(_PATTERN_AGE * 1000)
        # Joining is answered when all members have come back.
        given["request_timeout_ms"] = round((self.rejoin + 5.0) * 1000)
        super().__init__(
            group_id=wanted.group,
            enable_auto_commit=False,
            # A group that has committed goes on with what is left where its offset is not kept any more.
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            partition_assignment_strategy=(assignor,),
            session_timeout_ms=round(wanted.session * 1000),
            heartbeat_interval_ms=max(round(min(3.0, wanted.session / _HEARTBEATS) * 1000), 1),
            rebalance_timeout_ms=round(self.rejoin * 1000),
            # What is in hand may wait for its next attempt for long; that the process lives is told by heartbeats.
            max_poll_interval_ms=_LONGEST,
            **given,
        )
        self._wanted = wanted

    @property
    def reached(self) -> bool:
        """Whether it is in touch with the broker that keeps the group."""
        return self._coordinator is not None and self._coordinator.coordinator_id is not None

    def begin(self, listener: Any) -> None:
        """Joins the group, in the background. `listener`: is told what it has to read."""
        topics = self._wanted.topics
        if has_pattern(topics):
            self.subscribe(pattern=f"^({pattern_of(topics)})$", listener=listener)
        else:
            self.subscribe(topics=topics, listener=listener)

    async def knows(self, topic: str) -> bool:
        """Whether a topic is there; it is asked for, so that brokers which make topics may do so."""
        return bool(await self._client._wait_on_metadata(topic))

    async def kept(self, partitions: Iterable[Any]) -> dict[Any, Any]:
        """What the group has committed, with the notes; partitions of which it has nothing are left out."""
        return await self._coordinator.fetch_committed_offsets(list(partitions))  # type: ignore[no-any-return]

    def check(self) -> None:
        """Raises what went wrong in the background."""
        self._coordinator.check_errors()

    async def give_up(self, seconds: float) -> None:
        """Leaves the group, and ends, at the latest after so long; raises nothing."""
        await _ended(self.stop(), seconds)
        fetches = () if self._fetcher is None else tuple(self._fetcher._pending_tasks)
        for fetch in fetches:
            fetch.cancel()
        await _ended(self._client.close(), seconds)


async def _ended(ending: Coroutine[Any, Any, None], seconds: float) -> None:
    """Waits in a task of its own, as the library lets cancellations of its tasks through."""
    task = asyncio.create_task(ending)
    done, _ = await asyncio.wait([task], timeout=seconds)
    task.cancel()
    if done and not task.cancelled():
        task.exception()
