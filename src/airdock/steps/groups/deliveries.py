"""Closed groups on their way through the steps that are meant for them."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial

from airdock.checkpoint import Checkpoint
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Compiler, Step
from airdock.state import Closed, StateStore
from airdock.steps.common.lease import Lease
from airdock.steps.groups.alarm import Alarm

log = logging.getLogger("airdock.steps")

_AGAIN = "its group is delivered again by itself"
_FULL_PAUSE = 1.0
_MOST_EXPECTED = 10_000

Prepare = Callable[[Exchange, Closed], None]
"""Makes the message of a closed group, on an exchange that is empty."""


class Deliveries:
    """Has steps run for each closed group of a space, until they ended well or were tried as often as they may be.

    A group is confirmed when its steps have ended; one that is not, because they failed or their process is gone, is
    claimed after a while by one of the processes that watch the space. While steps run, their group is renewed, so
    that nobody claims it.
    """

    def __init__(
        self,
        compiler: Compiler,
        step: Step,
        steps: list[Step],
        prepare: Prepare,
        *,
        store: StateStore,
        alarm: Alarm,
        most: int,
        interval: float,
        redeliveries: int,
    ) -> None:
        """
        Args:
            step: Whose steps they are. most: So many groups may be under way in this process.
            interval: Seconds until a group is delivered again. redeliveries: How often at most.
        """
        self._clock, self._store, self._alarm = compiler.clock, store, alarm
        self._space = compiler.space(step)
        self._path = step.path
        self._first = steps[0].path if steps else step.path
        self._steps = compiler.branch(compiler.block(steps))
        self._part = compiler.part(self._deliver, step)
        self._prepare = prepare
        self._most = most
        self._interval = interval
        self._redeliveries = redeliveries
        self._turn = asyncio.Semaphore(most)
        self._under_way: dict[str, Closed] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._next = 0.0
        self._again: deque[float] = deque(maxlen=_MOST_EXPECTED)

    @property
    def full(self) -> bool:
        """Whether no more groups should be closed for the time being."""
        return len(self._under_way) >= self._most

    async def room(self) -> None:
        """Returns when another group may be closed."""
        first = True
        while self.full:
            free = asyncio.get_running_loop().create_future()
            (self._waiting.append if first else self._waiting.appendleft)(free)
            first = False
            try:
                await free
            except asyncio.CancelledError:
                if not free.cancelled():
                    self._wake()
                raise
        self._wake()

    def start(self, closed: Closed) -> None:
        """Has the steps run beside what calls."""
        exchange = self._part.exchange()
        exchange.run.attempt = closed.attempt
        self._under_way[exchange.run.id] = closed
        self._part.start(exchange).add_done_callback(lambda _: self._ended(exchange.run.id))

    async def recover(self) -> float:
        """Starts the groups that were left behind; when to ask again."""
        now = self._clock.now()
        if now < self._next:
            return self._next
        while self._again and self._again[0] <= now:
            self._again.popleft()
        self._next = min(now + self._interval / 2, self._again[0] if self._again else now + self._interval)
        while not self.full:
            closed = await self._store.claim(self._space, self._clock.now(), self._interval)
            if closed is None:
                return self._next
            self.start(closed)
        self._next = now + min(_FULL_PAUSE, self._interval)
        return self._next

    def _ended(self, run: str) -> None:
        del self._under_way[run]
        self._wake()

    def _wake(self) -> None:
        """Lets the next one that waits look whether there is room; if there is, it wakes the one behind it."""
        while self._waiting and not self.full:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(None)
                return

    def _deliver(self, exchange: Exchange) -> Awaitable[None]:
        return self._held(exchange, self._under_way[exchange.run.id])

    async def _held(self, exchange: Exchange, closed: Closed) -> None:
        lease = Lease(self._clock, self._interval / 3, partial(self._renew, closed, asyncio.current_task()))
        try:
            # Messages that came at once may have closed more groups than there was room for.
            async with self._turn:
                await self._run(exchange, closed)
        finally:
            lease.end()

    async def _run(self, exchange: Exchange, closed: Closed) -> None:
        try:
            self._prepare(exchange, closed)
            if closed.attempt > self._redeliveries + 1:
                raise self._given_up(exchange, closed)
            pending = self._steps(exchange)
            if pending is not None:
                await pending
        except asyncio.CancelledError:
            if exchange.cut is not None:
                exchange.cut.refusal = _AGAIN
            raise
        except Exception as error:
            await self._failed(closed, error)
            raise
        await self._confirm(closed)

    async def _failed(self, closed: Closed, error: Exception) -> None:
        if isinstance(error, FlowError):
            error.step = error.step or self._path
        if closed.attempt > self._redeliveries:
            log.error("the group %.80r of %s is given up: %s", closed.key, self._space, error)
            await self._confirm(closed)
            return
        # Who retried the run by hand would do what is done by itself, too.
        point: Checkpoint | None = getattr(error, "checkpoint", None)
        if point is not None:
            point.refusal = _AGAIN
        now = self._clock.now()
        try:
            held = await self._store.renew(self._space, closed.id, closed.attempt, now)
        except FlowError as unavailable:
            log.warning(
                "the group %.80r of %s may be delivered again earlier: %s", closed.key, self._space, unavailable
            )
            return
        if held:
            self._again.append(now + self._interval)
            self._next = min(self._next, now + self._interval)
            self._alarm.wake_by(self._next)

    async def _confirm(self, closed: Closed) -> None:
        """The group is done with; the run is what its steps made of it, whatever the store says."""
        try:
            await self._store.confirm(self._space, closed.id)
        except FlowError as error:
            log.warning("the group %.80r of %s may be delivered again: %s", closed.key, self._space, error)

    def _given_up(self, exchange: Exchange, closed: Closed) -> FlowError:
        error = FlowError("delivery.exhausted", f"its steps were begun {closed.attempt - 1} times and never ended")
        if exchange.trail is not None:
            error.checkpoint = Checkpoint.taken(self._first, exchange)
        return error

    async def _renew(self, closed: Closed, task: "asyncio.Task[object] | None") -> None:
        held = await self._store.renew(self._space, closed.id, closed.attempt, self._clock.now())
        if not held and task is not None:
            # Another process took it over, as this one seemed to be gone.
            task.cancel()
