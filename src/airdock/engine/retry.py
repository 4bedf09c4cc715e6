"""Trying a failed step again: exponential backoff with jitter."""

import random
from collections.abc import Awaitable
from typing import NamedTuple

from airdock.errors import FlowError, as_flow_error
from airdock.exchange import Exchange, Step
from airdock.response import Response
from airdock.spec.step import Clock
from airdock.spec.step import Retry as RetrySpec


class RetryPolicy(NamedTuple):
    """How often, how far apart and for which errors; times in seconds."""

    attempts: int
    delay: float
    backoff: float
    max_delay: float
    jitter: float
    on: tuple[str, ...] | None
    clock: Clock

    def takes(self, error: FlowError) -> bool:
        return self.on is None or any(error.matches(pattern) for pattern in self.on)

    def wait(self, retries: int) -> float:
        """Seconds before the next attempt after so many retries: `delay · backoff^retries`, bounded, ± jitter."""
        seconds = min(self.delay * self.backoff**retries, self.max_delay)
        return seconds * (1 + self.jitter * random.uniform(-1, 1))  # noqa: S311 -- spreads load, keeps no secret


def retry_policy(spec: RetrySpec, clock: Clock) -> RetryPolicy:
    """The policy that a `retry` field declares."""
    on = tuple(spec.on) if spec.on else None
    return RetryPolicy(spec.attempts, spec.delay, spec.backoff, spec.max_delay, spec.jitter, on, clock)


def asked_wait(error: FlowError) -> float:
    """Seconds that a service asks to be left alone (`Retry-After`); what patterns say of themselves is for callers."""
    if not error.code.startswith("connector."):
        return 0.0
    seconds = error.details.get("retryAfter", 0.0)
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def with_retry(step: Step, policy: RetryPolicy) -> Step:
    """The step, tried again when it fails."""

    def run(exchange: Exchange) -> Awaitable[None] | None:
        written = exchange.response.mark()
        try:
            pending = step(exchange)
        except Exception as error:
            return _again(step, exchange, policy, error, written)
        return None if pending is None else _watch(pending, step, exchange, policy, written)

    return run


async def try_again(
    step: Step, exchange: Exchange, policy: RetryPolicy, error: FlowError, written: Response | None = None
) -> FlowError | None:
    """The attempts behind the first one; None when one went well, else the last error.

    Args:
        written: The response before the first attempt, to which each further one goes back.
    """
    depth = exchange.depth
    for retries in range(policy.attempts - 1):
        if not policy.takes(error):
            break
        asked = asked_wait(error)
        if asked > policy.max_delay:
            break
        await policy.clock.sleep(max(policy.wait(retries), asked))
        exchange.depth = depth
        if written is not None:
            exchange.response.back_to(written.mark())
        try:
            pending = step(exchange)
            if pending is not None:
                await pending
        except Exception as failure:
            error = as_flow_error(failure)
        else:
            return None
    return error


async def _watch(
    pending: Awaitable[None], step: Step, exchange: Exchange, policy: RetryPolicy, written: Response
) -> None:
    try:
        await pending
    except Exception as error:
        await _again(step, exchange, policy, error, written)


async def _again(step: Step, exchange: Exchange, policy: RetryPolicy, error: Exception, written: Response) -> None:
    last = await try_again(step, exchange, policy, as_flow_error(error), written)
    if last is not None:
        raise last
