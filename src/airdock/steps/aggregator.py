"""The groups of an `aggregate` step: what joins them, and what completes them."""

import logging
from collections.abc import Awaitable
from math import floor
from typing import TYPE_CHECKING, Any

from airdock.branch import branch_of
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Compiler
from airdock.state import Closed
from airdock.steps.alarm import Alarm
from airdock.steps.at_once import at_once
from airdock.steps.closed_keys import ClosedKeys
from airdock.steps.combining import combining, is_named
from airdock.steps.correlation import correlating
from airdock.steps.deliveries import Deliveries
from airdock.steps.gathering import merged_with
from airdock.steps.group_items import Message, messages_of, packed
from airdock.steps.key_locks import KeyLocks
from airdock.steps.values import count_of, seconds_of

if TYPE_CHECKING:
    from airdock.steps.aggregate import Aggregate

log = logging.getLogger("airdock.steps")

_PAGE = 100
_WHILE_OPEN, _WHILE_NONE = 1.0, 5.0
"""Seconds after which a process looks for groups that others have left; its own are known to the moment."""
_NEVER = 10 * 366 * 86400.0


class Aggregator:
    """Takes in the messages of one step, and hands over its groups when they are complete. Of one process."""

    def __init__(self, step: "Aggregate", compiler: Compiler) -> None:
        self._step = step
        self._clock = compiler.clock
        self._store = compiler.stores.memory if step.store == "memory" else compiler.stores.durable
        self._space = compiler.space(step)
        self._key = correlating(step.correlation, "aggregate.correlation")
        self._size = count_of(step.completion_size, "aggregate.completionSize") if step.completion_size else None
        self._timeout = seconds_of(step.completion_timeout) if step.completion_timeout else None
        self._predicate = step.completion_predicate
        self._asks_group = step.completion_predicate is not None and not step.eager_check_completion
        self._combine = combining(step.aggregate)
        self._merges = is_named(step.aggregate, "merge")
        most = step.close_correlation_key_on_completion
        self._closed = ClosedKeys(self._store, self._space, self._clock, most) if most is not None else None
        self._locks = KeyLocks() if self._asks_group or self._closed is not None else None
        self._passed = 0
        self._alarm = Alarm(self._clock)
        self._deliveries = Deliveries(
            compiler,
            step,
            step.steps,
            self._prepare,
            store=self._store,
            alarm=self._alarm,
            most=step.max_pending,
            interval=step.recovery_interval,
            redeliveries=step.maximum_redeliveries,
        )

    def add(self, exchange: Exchange) -> Awaitable[None] | None:
        """The message joins its group: when this has ended, it is in the store.

        Raises:
            FlowError: it cannot join one; `aggregate.…` says why.
        """
        return at_once(self._add(exchange))

    async def _add(self, exchange: Exchange) -> None:
        key = self._key(exchange)
        if not key:
            if self._step.ignore_invalid_correlation_keys:
                return
            source = self._step.correlation.source if self._step.correlation is not None else ""
            raise FlowError("aggregate.correlation", f"the message has no correlation: `{source}` is missing or empty")
        item = self._item(exchange)
        if self._deliveries.full:
            await self._deliveries.room()
        if self._locks is None:
            await self._join(key, item, exchange)
            return
        async with self._locks.of(key):
            if self._closed is not None and await self._closed.has(key):
                raise FlowError("aggregate.closed", f"the group {key[:80]!r} is complete, and the message is late")
            await self._join(key, item, exchange)

    async def watch(self) -> None:
        """Completes the groups that are due, for as long as the flow is enabled."""
        interval = self._step.completion_interval
        if interval is not None:
            self._passed = floor(self._clock.now() / interval)
        if interval is not None and self._timeout is None:
            # Those that were left open while no process ran.
            await self._complete_due("interval")
        while True:
            until = self._clock.now() + _WHILE_NONE
            if self._timeout is not None:
                until = await self._complete_due("timeout")
            if interval is not None:
                until = min(until, await self._complete_all(interval))
            until = min(until, await self._deliveries.recover())
            await self._alarm.wait(until)

    def _item(self, exchange: Exchange) -> bytes:
        step, name = self._step, ""
        if step.item_name is not None:
            value = step.item_name.evaluate(exchange)
            if not isinstance(value, str | int | float) or value == "":
                raise FlowError("aggregate.itemName", f"`{step.item_name.source}` is {value!r:.80}; it must be a name")
            name = str(value)
        if self._merges:
            merged_with(None, exchange.body, "the body")
        return packed(exchange, name, step.max_message_size, "aggregate.message")

    async def _join(self, key: str, item: bytes, exchange: Exchange) -> None:
        """Appends the item, and completes the group if it is complete now."""
        step = self._step
        size = min(self._size(exchange), step.max_group_size) if self._size is not None else step.max_group_size
        note = "size" if self._size is not None and size < step.max_group_size else "full"
        if self._predicate is not None and await self._is_complete(key, item, exchange):
            size, note = 1, "predicate"
        now = self._clock.now()
        due = self._due(exchange, now)
        while True:
            appended = await self._store.append(
                self._space,
                key,
                item,
                now,
                due=due,
                close_at=size,
                close_at_bytes=step.max_group_bytes,
                note=note,
                most=step.max_groups,
            )
            if appended.size:
                break
            await self._make_room()
        if self._timeout is not None and appended.closed is None:
            self._alarm.set(key, due)
        closed = appended.closed
        if closed is not None:
            await self._complete(closed._replace(note="full") if appended.size < size else closed)

    def _due(self, exchange: Exchange, now: float) -> float:
        if self._timeout is not None:
            return now + self._timeout(exchange)
        interval = self._step.completion_interval
        return now + _NEVER if interval is None else _next(now, interval)

    async def _is_complete(self, key: str, item: bytes, exchange: Exchange) -> bool:
        predicate = self._predicate
        if predicate is None:
            return False
        if not self._asks_group:
            return predicate.test(exchange)
        messages = messages_of([*await self._store.items(self._space, key), item])
        view = branch_of(exchange, None)
        self._fill(view, key, messages, "")
        return predicate.test(view)

    async def _make_room(self) -> None:
        """Closes the group that no message has joined for the longest time, or refuses to."""
        step = self._step
        if step.when_full == "reject":
            raise FlowError("aggregate.full", f"{step.max_groups:,} groups are open, as many as may be")
        for key in await self._store.groups(self._space, limit=1):
            closed = await self._store.close(self._space, key, self._clock.now(), note="full")
            if closed is None:
                continue
            if step.when_full == "dropOldest":
                log.warning("the group %.80r of %s is dropped, as there are too many", key, self._space)
                await self._drop(closed)
            else:
                await self._complete(closed)

    async def _complete_due(self, note: str) -> float:
        """Completes the groups that are due; when to look again."""
        now = self._clock.now()
        while keys := await self._store.groups(self._space, due_by=now, limit=_PAGE):
            for key in keys:
                await self._deliveries.room()
                closed = await self._store.close(self._space, key, now, due_by=now, note=note)
                if closed is None:
                    continue
                if self._step.discard_on_completion_timeout:
                    await self._drop(closed)
                else:
                    await self._complete(closed)
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
                await self._deliveries.room()
                closed = await self._store.close(self._space, key, now, note="interval")
                if closed is not None:
                    await self._complete(closed)
        return _next(now, interval)

    async def _complete(self, closed: Closed) -> None:
        self._alarm.forget(closed.key)
        self._deliveries.start(closed)
        if self._closed is not None:
            await self._closed.add(closed.key)

    async def _drop(self, closed: Closed) -> None:
        self._alarm.forget(closed.key)
        await self._store.confirm(self._space, closed.id)
        if self._closed is not None:
            await self._closed.add(closed.key)

    def _prepare(self, exchange: Exchange, closed: Closed) -> None:
        """Makes the message of a complete group."""
        messages = messages_of(closed.items)
        exchange.run.parent = messages[-1].run
        self._fill(exchange, closed.key, messages, closed.note)

    def _fill(self, exchange: Exchange, key: str, messages: list[Message], completed_by: str) -> None:
        about: dict[str, Any] = {"key": key, "size": len(messages)}
        if completed_by:
            about["completedBy"] = completed_by
        exchange.properties.update(messages[-1].properties)
        exchange.properties["aggregate"] = about
        exchange.body = self._combine(exchange, [(message.name, message.body) for message in messages])


def _next(now: float, interval: float) -> float:
    """When an interval has passed next; the same in all processes."""
    return (floor(now / interval) + 1) * interval
