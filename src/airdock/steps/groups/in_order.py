"""Messages that go through steps one after another, whichever process they came to."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from airdock.checkpoint import Checkpoint
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Clock, Compiler, Step
from airdock.state import StateStore
from airdock.steps.common.lease import Lease
from airdock.steps.groups.group_items import Message

log = logging.getLogger("airdock.steps")

_HELD = 30.0
"""Seconds after which the turn of a process that is gone is another's."""
_AGAIN = "its message is delivered again by itself"

Begin = Callable[[int], Awaitable[None]]
"""Notes that an attempt begins."""
Done = Callable[[], Awaitable[None]]
"""Takes a message out of what is to be delivered."""


class _Delivery:
    __slots__ = ("done", "message", "over")

    def __init__(self, message: Message, done: Done) -> None:
        self.message = message
        self.done = done
        self.over = False


class InOrder:
    """Runs the steps inside a step for one message at a time, each in a run of its own.

    One process at a time has the turn to do so, of all that share the store.
    """

    def __init__(
        self, compiler: Compiler, step: Step, steps: list[Step], store: StateStore, redeliveries: int, delay: float
    ) -> None:
        """
        Args:
            step: Whose steps they are. redeliveries: How often a message is delivered again whose steps failed.
            delay: Seconds in between.
        """
        self._clock = compiler.clock
        self._path, self._space = step.path, compiler.space(step)
        self._first = steps[0].path if steps else step.path
        self._steps = compiler.branch(compiler.block(steps))
        self._part = compiler.part(self._run, step)
        self._redeliveries = redeliveries
        self._delay = delay
        self._turn = _Turn(store, self._space, compiler.clock)
        self._deliveries: dict[str, _Delivery] = {}
        self._left = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Holds the turn in the block; False where another has it."""
        if self._deliveries:
            # Of a block that was cut off.
            yield False
            return
        self._left = False
        taken = await self._turn.take()
        try:
            yield taken
        finally:
            # Who is cut off here leaves a run behind: that gives it back when it ends.
            self._left = bool(self._deliveries)
            if not self._left:
                await self._turn.give_back()

    async def deliver(self, message: Message, begun: int, begin: Begin, done: Done) -> None:
        """Returns when the steps have ended well with the message, or it was given up.

        Args:
            begun: How many attempts were begun, by a process that is gone.
        """
        delivery = _Delivery(message, done)
        attempt = begun + 1
        while True:
            await begin(attempt)
            exchange = self._part.exchange()
            exchange.run.parent, exchange.run.attempt = message.run, attempt
            exchange.properties.update(message.properties)
            exchange.body = message.body
            self._deliveries[exchange.run.id] = delivery
            await asyncio.wait((self._part.start(exchange),))
            if delivery.over:
                return
            attempt += 1
            await self._clock.sleep(self._delay)

    async def _run(self, exchange: Exchange) -> None:
        delivery = self._deliveries[exchange.run.id]
        try:
            await self._attempt(exchange, delivery)
        finally:
            del self._deliveries[exchange.run.id]
            if self._left:
                await self._turn.give_back()

    async def _attempt(self, exchange: Exchange, delivery: _Delivery) -> None:
        attempt = exchange.run.attempt
        try:
            if attempt > self._redeliveries + 1:
                raise self._given_up(exchange, attempt - 1)
            pending = self._steps(exchange)
            if pending is not None:
                await pending
        except asyncio.CancelledError:
            if exchange.cut is not None:
                exchange.cut.refusal = _AGAIN
            raise
        except Exception as error:
            if attempt <= self._redeliveries:
                # Who retried the run by hand would do what is done by itself, too.
                point: Checkpoint | None = getattr(error, "checkpoint", None)
                if point is not None:
                    point.refusal = _AGAIN
                raise
            log.error("a message of %s is given up: %s", self._space, error)
            await self._end(delivery)
            raise
        await self._end(delivery)

    async def _end(self, delivery: _Delivery) -> None:
        await delivery.done()
        delivery.over = True

    def _given_up(self, exchange: Exchange, begun: int) -> FlowError:
        error = FlowError("delivery.exhausted", f"its steps were begun {begun} times and never ended", step=self._path)
        if exchange.trail is not None:
            error.checkpoint = Checkpoint.taken(self._first, exchange)
        return error


class _Turn:
    """That of one process among those that share a store."""

    def __init__(self, store: StateStore, space: str, clock: Clock) -> None:
        self._store = store
        self._space = f"{space}/turn"
        self._clock = clock
        self._revision = 0
        self._lease: Lease | None = None

    async def take(self) -> bool:
        if not self._revision:
            now = self._clock.now()
            self._revision = await self._store.add(self._space, "", b"", now, now + _HELD)
            if self._revision:
                self._lease = Lease(self._clock, _HELD / 3, self._prolong)
        return bool(self._revision)

    async def give_back(self) -> None:
        revision, self._revision = self._revision, 0
        if self._lease is not None:
            self._lease.end()
            self._lease = None
        if revision:
            try:
                await self._store.remove(self._space, "", revision)
            except FlowError as error:
                log.warning("%s is held for %g s more: %s", self._space, _HELD, error)

    async def _prolong(self) -> None:
        now = self._clock.now()
        prolonged = await self._store.replace(self._space, "", b"", self._revision, now, now + _HELD)
        if not prolonged:
            log.error("%s: another process has taken over what this one is at", self._space)
        self._revision = prolonged or self._revision
