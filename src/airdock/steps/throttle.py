from collections.abc import Awaitable, Callable
from typing import Protocol

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice, Duration, Integer, Steps
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.common.correlation import correlating
from airdock.steps.common.turns import Room
from airdock.steps.common.values import count_of
from airdock.steps.load.throttle_durable import DurableGate, Entries, SharedConcurrency, SharedRate
from airdock.steps.load.throttle_memory import ConcurrencyLimiter, Gate, Limiter, MemoryGate, Pass, RateLimiter

_MOST = 1_000_000
_LIMIT = TemplateKind(types=("number", "string"), of=Integer(1, _MOST))


class Throttle(Step):
    """Lets only so many messages pass, so that what follows is not overloaded: Camel's throttler.

    `rate` lets `maximumRequests` pass within any `timePeriod`: a sliding window, as Camel's, so that also around the
    turn of a second no more pass. `concurrency` lets `maximumConcurrent` be inside its `steps` at once; without
    `steps`, from here to the end of the run. A run takes its place once for each key: when its `steps` come to the
    throttle again, as in a flow that calls itself, it goes on in the place that it has.

    What comes beyond that waits, and goes on in the order in which it came; with `rejectExecution` it fails with
    `throttle.rejected`, for an HTTP caller status 429 with `Retry-After`. Up to `maxPending` wait.

    Messages of the same `correlation` are throttled together, each value by itself. A limit may be an expression; what
    counts is the limit that the message at hand computes. A limit beyond 256 in a period is kept to, but one that
    passed may count up to a 256th of the period longer.

    The `memory` store counts what passes in this process: with several workers each has the limit, and a new version
    of the flow begins anew. The `durable` store counts for all processes and nodes together; then the order is that
    within a process, and a place that was held by a process that was killed is free again after 30 s.
    """

    type = "throttle"
    group = "timing and load"
    stateful = True
    waits = True
    example = {
        "type": "throttle",
        "maximumRequests": 10,
        "timePeriod": "1s",
        "steps": [{"type": "log", "message": "passed: ${body.id}"}],
    }

    mode: str = field(Choice(("rate", "concurrency")), "What is limited.", default="rate")
    maximum_requests: Template | None = field(_LIMIT, "`rate`: so many pass within a period.", example=10)
    time_period: float = field(Duration(), "`rate`: the period.", default=1.0, unit="s", example="1s")
    maximum_concurrent: Template | None = field(_LIMIT, "`concurrency`: so many are inside at once.", example=4)
    correlation: Expression | None = field(
        ExpressionKind(),
        "Messages of the same value are throttled together; one without a value fails with `throttle.correlation`. All"
        " together if left out.",
        example="request.remote",
    )
    reject_execution: bool = field(Boolean(), "What comes beyond the limit fails instead of waiting.", default=False)
    max_pending: int = field(Integer(1, _MOST), "So many messages may wait in a process.", default=1000)
    when_full: str = field(
        Choice(("reject", "dropOldest")),
        "What happens to one more: it fails with `throttle.full`, or the one that waits the longest does in its place.",
        default="reject",
    )
    max_keys: int = field(
        Integer(1, _MOST),
        "`memory`: so many values of `correlation` are known in a process. Then the one used least lately is forgotten,"
        " whose messages are counted anew; while all have messages waiting or inside, a further one fails with"
        " `throttle.full`.",
        default=10_000,
    )
    store: str = field(
        Choice(("memory", "durable")), "Who counts together: each process by itself, or all.", default="memory"
    )
    steps: list[Step] = field(Steps(), "What runs for those that pass; nothing, and the flow goes on.", default=[])

    def compile(self, compiler: Compiler) -> Compiled:
        gate = self._gate(compiler)
        steps = compiler.block(self.steps) if self.steps else None
        held: set[tuple[int, str]] = set()
        go = self._inside(steps, held)
        key, most = self._key(), count_of(self._limit, "step.value")
        try_enter, enter = gate.try_enter, gate.enter

        async def wait(exchange: Exchange, key: str, limit: int) -> None:
            pending = go(exchange, await enter(key, limit), key)
            if pending is not None:
                await pending

        def throttle(exchange: Exchange) -> Awaitable[None] | None:
            its_key, its_limit = key(exchange), most(exchange)
            if exchange.endings is not None and (self, its_key) in exchange.endings:
                return None
            if held and steps is not None and (id(exchange), its_key) in held:
                return steps(exchange)
            passed = try_enter(its_key, its_limit)
            return wait(exchange, its_key, its_limit) if passed is None else go(exchange, passed, its_key)

        return throttle

    @property
    def _limit(self) -> Template:
        limit = self.maximum_requests if self.mode == "rate" else self.maximum_concurrent
        assert limit is not None  # noqa: S101 -- `check` has seen to it
        return limit

    def _key(self) -> Callable[[Exchange], str]:
        code = "throttle.correlation"
        key, correlation = correlating(self.correlation, code), self.correlation
        if correlation is None:
            return key

        def present(exchange: Exchange) -> str:
            if found := key(exchange):
                return found
            raise FlowError(code, f"the message has no correlation: `{correlation.source}` is missing or empty")

        return present

    def _gate(self, compiler: Compiler) -> Gate:
        clock, reject = compiler.clock, self.reject_execution
        room = Room(self.max_pending, self.when_full, self._full)
        if self.store == "durable":
            entries = Entries(compiler.stores.durable, compiler.space(self), clock)
            shared = SharedRate(entries, self.time_period) if self.mode == "rate" else SharedConcurrency(entries, clock)
            return DurableGate(shared, room, clock, reject=reject)

        def limiter() -> Limiter:
            return RateLimiter(clock, self.time_period) if self.mode == "rate" else ConcurrencyLimiter()

        return MemoryGate(limiter, room, clock, keys=self.max_keys, reject=reject)

    def _full(self) -> FlowError:
        return FlowError("throttle.full", f"{self.max_pending:,} messages wait already", details={"retryAfter": 1})

    def _inside(self, steps: Compiled | None, held: set[tuple[int, str]]) -> "_Go":
        if self.mode == "rate":
            return lambda exchange, passed, key: None if steps is None else steps(exchange)
        if steps is None:
            return lambda exchange, passed, key: exchange.at_end((self, key), passed.leave)
        return _then_leave(steps, held)

    def resumed(self, inside: Resuming) -> "Throttle | None":
        rest = inside.rest(self.steps)
        return changed(self, steps=rest) if rest else None

    @classmethod
    def check(cls, element: "Throttle") -> list[tuple[str, str]]:
        limits = {"maximumRequests": element.maximum_requests, "maximumConcurrent": element.maximum_concurrent}
        needed = "maximumRequests" if element.mode == "rate" else "maximumConcurrent"
        wrong = []
        if limits.pop(needed) is None:
            wrong.append(("", f"`{needed}` is missing: the mode `{element.mode}` has its limit there"))
        for other in (name for name, limit in limits.items() if limit is not None):
            wrong.append((other, f"`{other}` is not for the mode `{element.mode}`: write `{needed}`, or another mode"))
        if element.time_period <= 0:
            wrong.append(("timePeriod", "`timePeriod` must be longer than nothing"))
        return wrong


class _Go(Protocol):
    """What is done with a message that was let in."""

    def __call__(self, exchange: Exchange, passed: Pass, key: str) -> Awaitable[None] | None: ...


def _then_leave(steps: Compiled, held: set[tuple[int, str]]) -> _Go:
    """Runs the steps, then leaves. `held` has, meanwhile, the exchange and the key of each that is inside."""

    def go(exchange: Exchange, passed: Pass, key: str) -> Awaitable[None] | None:
        pending, place = None, (id(exchange), key)
        held.add(place)
        try:
            pending = steps(exchange)
        finally:
            if pending is None:
                held.discard(place)
                passed.leave()
        return None if pending is None else left(pending, passed, place)

    async def left(pending: Awaitable[None], passed: Pass, place: tuple[int, str]) -> None:
        try:
            await pending
        finally:
            held.discard(place)
            passed.leave()

    return go
