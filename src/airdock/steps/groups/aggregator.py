"""The messages that join the groups of an `aggregate` step, and what a group becomes."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from airdock.branch import branch_of
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Compiler
from airdock.state import Closed
from airdock.steps.branches.gathering import merged_with
from airdock.steps.common.at_once import at_once
from airdock.steps.common.correlation import correlating
from airdock.steps.common.key_locks import KeyLocks
from airdock.steps.common.values import count_of, seconds_of
from airdock.steps.groups.combining import combining, is_named
from airdock.steps.groups.completions import Completions, interval_end
from airdock.steps.groups.group_items import Message, messages_of, packed

if TYPE_CHECKING:
    from airdock.steps.aggregate import Aggregate

_NEVER = 10 * 366 * 86400.0


class Aggregator:
    """Takes in the messages of one step. Of one process.

    Attributes:
        completions: What becomes of the groups.
    """

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
        self.completions = Completions(step, compiler, self._store, self._prepare)
        self._alarm, self._deliveries = self.completions.alarm, self.completions.deliveries
        self._closed = self.completions.closed
        self._locks = KeyLocks() if self._asks_group or self._closed is not None else None

    def add(self, exchange: Exchange) -> Awaitable[None] | None:
        """The message joins its group: when this has ended, it is in the store.

        Raises:
            FlowError: it cannot join one; `aggregate.…` says why.
        """
        key = self._key(exchange)
        if not key:
            if self._step.ignore_invalid_correlation_keys:
                return None
            source = self._step.correlation.source if self._step.correlation is not None else ""
            raise FlowError("aggregate.correlation", f"the message has no correlation: `{source}` is missing or empty")
        item = self._item(exchange)
        if self._locks is None and not self._deliveries.full:
            return at_once(self._join(key, item, exchange))
        return at_once(self._join_in_turn(key, item, exchange))

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

    async def _join_in_turn(self, key: str, item: bytes, exchange: Exchange) -> None:
        await self._deliveries.room()
        if self._locks is None:
            await self._join(key, item, exchange)
            return
        async with self._locks.of(key):
            if self._closed is not None and await self._closed.has(key):
                raise FlowError("aggregate.closed", f"the group {key[:80]!r} is complete, and the message is late")
            await self._join(key, item, exchange)

    async def _join(self, key: str, item: bytes, exchange: Exchange) -> None:
        """Appends the item, and completes the group if it is complete now."""
        step, note = self._step, "full"
        size = step.max_group_size
        if self._size is not None and (wanted := self._size(exchange)) <= size:
            size, note = wanted, "size"
        if self._predicate is not None and await self._is_complete(key, item, exchange):
            size, note = 1, "predicate"
        now = self._clock.now()
        due = self._due(exchange, now)
        while True:
            joined, group = await self._store.append(
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
            if joined:
                break
            await self.completions.make_room()
        if group is not None:
            await self.completions.complete(group._replace(note="full") if joined < size else group)
        elif self._timeout is not None:
            self._alarm.set(key, due)

    def _due(self, exchange: Exchange, now: float) -> float:
        if self._timeout is not None:
            return now + self._timeout(exchange)
        interval = self._step.completion_interval
        return now + _NEVER if interval is None else interval_end(now, interval)

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

    def _prepare(self, exchange: Exchange, group: Closed) -> None:
        """Makes the message of a complete group."""
        messages = messages_of(group.items)
        exchange.run.parent = messages[-1].run
        self._fill(exchange, group.key, messages, group.note)

    def _fill(self, exchange: Exchange, key: str, messages: list[Message], completed_by: str) -> None:
        about: dict[str, Any] = {"key": key, "size": len(messages)}
        if completed_by:
            about["completedBy"] = completed_by
        exchange.properties.update(messages[-1].properties)
        exchange.properties["aggregate"] = about
        exchange.body = self._combine(exchange, [(message.name, message.body) for message in messages])
