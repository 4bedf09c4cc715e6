"""A circuit breaker around compiled steps."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.step import Clock, Compiled, Timer
from airdock.steps.load.breaker import Breaker, BreakerSettings, State

log = logging.getLogger("airdock.steps")

_CUT_OFF = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)
"""What says nothing about the steps; anything else that is no error ends the flow well."""


class CircuitGuard:
    """Runs steps as the breaker lets them, tells it how they end, and runs the fallback.

    Attributes:
        run: The compiled step.
    """

    def __init__(
        self,
        settings: BreakerSettings,
        steps: Compiled,
        fallback: Compiled | None,
        *,
        name: str,
        clock: Clock,
        on: Sequence[str] | None,
        ignore: Sequence[str],
        timeout: float | None,
        automatic: bool,
    ) -> None:
        self._breaker = Breaker(settings, self._changed)
        self._steps = steps
        self._fallback = fallback
        self._name = name
        self._clock = clock
        self._on = on
        self._ignore = ignore
        self._timeout = timeout
        self._automatic = automatic
        self._timer: Timer | None = None
        self.run: Compiled = self._compiled()

    @property
    def state(self) -> State:
        return self._breaker.state

    def _compiled(self) -> Compiled:
        steps, now, permitted, record = self._steps, self._clock.monotonic, self._breaker.permit, self._breaker.record

        def run(exchange: Exchange) -> Awaitable[None] | None:
            began = now()
            permit = permitted(began)
            if not permit:
                return self._refused(exchange, began)
            depth = exchange.depth
            try:
                pending = steps(exchange)
            except FlowError as error:
                exchange.depth = depth
                return self._failed(exchange, error, permit, began)
            except BaseException as end:
                self._ended(end, permit, began)
                raise
            if pending is not None:
                return self._watched(pending, exchange, depth, permit, began)
            ended = now()
            record(permit, False, ended - began, ended)
            return None

        return run

    async def _watched(
        self, pending: Awaitable[None], exchange: Exchange, depth: int, permit: int, began: float
    ) -> None:
        try:
            await (pending if self._timeout is None else _in_time(pending, exchange, self._timeout))
        except FlowError as error:
            exchange.depth = depth
            fallback = self._failed(exchange, error, permit, began)
        except BaseException as end:
            self._ended(end, permit, began)
            raise
        else:
            self._record(permit, False, began)
            return
        if fallback is not None:
            await fallback

    def _failed(self, exchange: Exchange, error: FlowError, permit: int, began: float) -> Awaitable[None] | None:
        if any(error.matches(pattern) for pattern in self._ignore):
            self._breaker.forgive(permit)
            raise error
        counts = self._on is None or any(error.matches(pattern) for pattern in self._on)
        self._record(permit, counts, began)
        if not counts or self._fallback is None:
            raise error
        return self._fall_back(exchange, error, self._fallback)

    def _refused(self, exchange: Exchange, now: float) -> Awaitable[None]:
        wait = max(1, round(self._breaker.wait(now) + 0.499))
        message = (
            f"the circuit breaker is open: {self._breaker.told}"
            if self.state == "open"
            else ("the circuit breaker is half-open, and as many calls are let through as may be")
        )
        error = FlowError("circuitBreaker.open", message, details={"retryAfter": wait})
        if self._fallback is None:
            raise error
        return self._fall_back(exchange, error, self._fallback)

    async def _fall_back(self, exchange: Exchange, error: FlowError, fallback: Compiled) -> None:
        with exchange.handling(error):
            pending = fallback(exchange)
            if pending is not None:
                await pending

    def _record(self, permit: int, failed: bool, began: float) -> None:
        now = self._clock.monotonic()
        self._breaker.record(permit, failed, now - began, now)

    def _ended(self, end: BaseException, permit: int, began: float) -> None:
        if isinstance(end, _CUT_OFF):
            self._breaker.forgive(permit)
        else:
            self._record(permit, False, began)

    def _changed(self, breaker: Breaker) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if breaker.state == "open":
            log.warning("the circuit breaker %s is open: %s", self._name, breaker.told)
            if self._automatic:
                wait = breaker.wait(self._clock.monotonic())
                self._timer = self._clock.call_later(wait, breaker.half_open)
        else:
            log.info("the circuit breaker %s is %s", self._name, "closed" if breaker.state == "closed" else "half-open")


async def _in_time(pending: Awaitable[None], exchange: Exchange, seconds: float) -> None:
    try:
        await within(seconds, pending)
    except DeadlineError as error:
        failure = FlowError("circuitBreaker.timeout", f"the steps ran longer than {seconds:g} s")
        failure.checkpoint, exchange.cut = exchange.cut, None
        raise failure from error
