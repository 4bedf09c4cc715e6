"""What both kinds of resequencer do."""

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Compiler
from airdock.steps.common.turns import Waiter
from airdock.steps.groups.alarm import Alarm
from airdock.steps.groups.in_order import InOrder

if TYPE_CHECKING:
    from airdock.steps.resequence import Resequence


class Resequencer:
    """Takes in the messages of one step, and hands them on in order when it is their turn. Of one process."""

    def __init__(self, step: "Resequence", compiler: Compiler) -> None:
        self._step = step
        self._clock = compiler.clock
        self._store = compiler.stores.memory if step.store == "memory" else compiler.stores.durable
        self._space = compiler.space(step)
        self._alarm = Alarm(self._clock)
        self._order = InOrder(compiler, step, step.steps, self._store, step.maximum_redeliveries, step.redelivery_delay)
        self._blocked: OrderedDict[Waiter, None] = OrderedDict()

    async def add(self, exchange: Exchange) -> None:
        """The message is kept when this has returned.

        Raises:
            FlowError: it cannot be; `resequence.…` says why.
        """
        value = self._step.expression.evaluate(exchange)
        if self._is_valid(value):
            await self._keep(exchange, value)
        elif not self._step.ignore_invalid_exchanges:
            raise FlowError(
                "resequence.value",
                f"`{self._step.expression.source}` is {value!r:.80}; it must be {self._wanted}",
            )

    async def watch(self) -> None:
        """Delivers what can be, for as long as the flow is enabled."""
        while True:
            await self._alarm.wait(min(await self._deliver(), self._clock.now() + self._step.delivery_attempt_interval))

    _wanted = ""

    def _is_valid(self, value: Any) -> bool:
        raise NotImplementedError

    async def _keep(self, exchange: Exchange, value: Any) -> None:
        raise NotImplementedError

    async def _deliver(self) -> float:
        """Delivers what can be now; when to look again."""
        raise NotImplementedError

    async def _is_full(self) -> bool:
        raise NotImplementedError

    async def _room(self) -> None:
        """Returns when there is room for a message."""
        if not await self._is_full():
            return
        if self._step.when_full == "reject":
            raise FlowError("resequence.full", f"{self._step.capacity:,} messages wait, as many as may")
        waiter = Waiter()
        self._blocked[waiter] = None
        try:
            while await self._is_full():
                await waiter.pause(self._clock, self._step.delivery_attempt_interval)
        finally:
            del self._blocked[waiter]
            self._let_in()

    def _let_in(self) -> None:
        """Has the first one that waits look whether there is room."""
        if self._blocked:
            next(iter(self._blocked)).wake()

    async def _progress(self) -> list[Any]:
        """What was begun last; empty where nothing was."""
        entry = await self._store.get(f"{self._space}/progress", "", self._clock.now())
        return [] if entry is None else msgspec.msgpack.decode(entry.value, type=list[Any])

    async def _note(self, *progress: Any) -> None:
        await self._store.put(f"{self._space}/progress", "", msgspec.msgpack.encode(progress))


def is_number(value: Any) -> bool:
    """Whether it is a number that has a place among others."""
    return type(value) is int or (type(value) is float and math.isfinite(value))
