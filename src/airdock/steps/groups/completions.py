"""What completes the groups of an `aggregate` step other than the messages that join them, and what becomes of them."""

import logging
from math import floor
from typing import TYPE_CHECKING

from airdock.errors import FlowError
from airdock.spec.step import Compiler
from airdock.state import Closed, StateStore
from airdock.steps.groups.alarm import Alarm
from airdock.steps.groups.closed_keys import ClosedKeys
from airdock.steps.groups.deliveries import Deliveries, Prepare

if TYPE_CHECKING:
    from airdock.steps.aggregate import Aggregate

log = logging.getLogger("airdock.steps")

_PAGE = 100
_WHILE_OPEN, _WHILE_NONE = 1.0, 5.0
"""Seconds after which a process looks for groups that others have left; its own are known to the moment."""


class Completions:
    """Hands over the groups of one step when they are complete. Of one process.

    Attributes:
        closed: Keys of groups that were complete; None where they are not remembered.
        deliveries: Of complete groups. alarm: When the groups of this process are due.
    """

    def __init__(self, step: "Aggregate", compiler: Compiler, store: StateStore, prepare: Prepare) -> None:
        self._step = step
        self._clock, self._store, self._space = compiler.clock, store, compiler.space(step)
        self._interval = step.completion_interval
        self._passed = 0
        most = step.close_correlation_key_on_completion
        self.closed = ClosedKeys(store, self._space, self._clock, most) if most is not None else None
        self.alarm = Alarm(self._clock)
        self.deliveries = Deliveries(
            compiler,
            step,
            step.steps,
            prepare,
            store=store,
            alarm=self.alarm,
            most=step.max_pending,
            interval=step.recovery_interval,
            redeliveries=step.maximum_redeliveries,
        )

    async def watch(self) -> None:
        """Completes the groups that are due, for as long as the flow is enabled."""
        interval, timed = self._interval, self._step.completion_timeout is not None
        if interval is not None:
            self._passed = floor(self._clock.now() / interval)
            if not timed:
                # Those that were left open while no process ran.
                await self._complete_due("interval")
        while True:
            until = self._clock.now() + _WHILE_NONE
            if timed:
                until = await self._complete_due("timeout")
            if interval is not None:
                until = min(until, await self._complete_all(interval))
            until = min(until, await self.deliveries.recover())
            await self.alarm.wait(until)

    async def complete(self, group: Closed) -> None:
        """The group is complete: its steps run beside."""
        self.alarm.forget(group.key)
        self.deliveries.start(group)
        if self.closed is not None:
            await self.closed.add(group.key)

    async def make_room(self) -> None:
        """Closes the group that no message has joined for the longest time.

        Raises:
            FlowError: `aggregate.full`, that is not wanted.
        """
        step = self._step
        if step.when_full == "reject":
            raise FlowError("aggregate.full", f"{step.max_groups:,} groups are open, as many as may be")
        for key in await self._store.groups(self._space, limit=1):
            group = await self._store.close(self._space, key, self._clock.now(), note="full")
            if group is None:
                continue
            if step.when_full == "dropOldest":
                log.warning("the group %.80r of %s is dropped, as there are too many", key, self._space)
                await self._drop(group)
            else:
                await self.complete(group)

    async def _complete_due(self, note: str) -> float:
        """Completes the groups that are due; when to look again."""
        now = self._clock.now()
        while keys := await self._store.groups(self._space, due_by=now, limit=_PAGE):
            for key in keys:
                await self.deliveries.room()
                group = await self._store.close(self._space, key, now, due_by=now, note=note)
                if group is None:
                    continue
                if self._step.discard_on_completion_timeout and note == "timeout":
                    await self._drop(group)
                else:
                    await self.complete(group)
        return now + (_WHILE_OPEN if await self._store.groups(self._space, limit=1) else _WHILE_NONE)

    async def _complete_all(self, interval: float) -> float:
        """Completes all groups where an interval has passed; when the next one will have."""
        now = self._clock.now()
        passed, self._passed = self._passed, floor(now / interval)
        # Of all processes one does it; the entry is kept until nobody can come too late for it.
        if passed < self._passed and await self._store.add(
            f"{self._space}/interval", str(self._passed), b"", now, now + 2 * interval
        ):
            for key in await self._store.groups(self._space, limit=self._step.max_groups):
                await self.deliveries.room()
                group = await self._store.close(self._space, key, now, note="interval")
                if group is not None:
                    await self.complete(group)
        return interval_end(now, interval)

    async def _drop(self, group: Closed) -> None:
        self.alarm.forget(group.key)
        await self._store.confirm(self._space, group.id)
        if self.closed is not None:
            await self.closed.add(group.key)


def interval_end(now: float, interval: float) -> float:
    """When an interval has passed next; the same in all processes."""
    return (floor(now / interval) + 1) * interval
