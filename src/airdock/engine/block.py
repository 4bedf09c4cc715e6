"""A block: steps that run in order on one exchange, without a task switch while none of them waits."""

from collections.abc import Awaitable, Iterator
from time import perf_counter_ns
from typing import NamedTuple

from airdock.engine.recovery import Recovery, located
from airdock.exchange import Exchange, Step, StepFailure, StepInfo


class Entry(NamedTuple):
    """A compiled step and which one it is."""

    info: StepInfo
    run: Step


class _Waiting(NamedTuple):
    entry: Entry
    pending: Awaitable[None]


def compile_block(entries: list[Entry], recovery: Recovery | None) -> Step:
    """One callable that runs the entries in order.

    Args:
        entries: The steps.
        recovery: What takes an error before it leaves the block; None inside a `try`, which comes first.

    The callable raises FlowError for a step that failed and was not recovered; its `step` is the step's path.
    """
    steps = tuple(entries)

    def run(exchange: Exchange) -> Awaitable[None] | None:
        remaining = iter(steps)
        waiting = _advance(remaining, exchange, recovery)
        return None if waiting is None else _finish(waiting, remaining, exchange, recovery)

    return run


def _advance(remaining: Iterator[Entry], exchange: Exchange, recovery: Recovery | None) -> _Waiting | None:
    """Runs steps until one must wait; None when all are done."""
    trail = exchange.trail
    for entry in remaining:
        info, step = entry
        if trail is not None:
            trail.append(info)
            trail.append(perf_counter_ns())
        try:
            pending = step(exchange)
        except Exception as error:
            pending = _recover(entry, exchange, recovery, error)
        if pending is not None:
            return _Waiting(entry, pending)
    return None


async def _finish(
    waiting: _Waiting | None, remaining: Iterator[Entry], exchange: Exchange, recovery: Recovery | None
) -> None:
    while waiting is not None:
        try:
            await waiting.pending
        except Exception as error:
            await _recover(waiting.entry, exchange, recovery, error)
        waiting = _advance(remaining, exchange, recovery)


def _recover(entry: Entry, exchange: Exchange, recovery: Recovery | None, cause: Exception) -> Awaitable[None]:
    """What a handler does about a failed step; raises the error when there is none."""
    error = located(cause, entry.info)
    if exchange.trail is not None:
        exchange.trail.append(StepFailure(entry.info, error.code, error.message))
        exchange.trail.append(perf_counter_ns())
    if recovery is not None and error.recovery is not recovery:
        error.recovery = recovery
        handler = recovery.find(error, exchange)
        if handler is not None:
            return recovery.take(handler, entry.run, exchange, error)
    raise error
