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


def compile_block(entries: list[Entry], recovery: Recovery | None) -> Step:
    """One callable that runs the entries in order.

    Args:
        entries: The steps.
        recovery: What takes an error before it leaves the block; None inside a `try`, which comes first.

    The callable raises FlowError for a step that failed and was not recovered; its `step` is the step's path.
    """
    if not entries:
        return _nothing
    steps = tuple(entries)

    def run(exchange: Exchange) -> Awaitable[None] | None:
        trail = exchange.trail
        remaining = iter(steps)
        for entry in remaining:
            if trail is not None:
                trail += (entry[0], perf_counter_ns())
            try:
                pending = entry[1](exchange)
            except Exception as error:
                pending = _recover(entry, exchange, recovery, error)
            if pending is not None:
                return _finish(entry, pending, remaining, exchange, recovery)
        return None

    return run


async def _finish(
    entry: Entry,
    pending: Awaitable[None],
    remaining: Iterator[Entry],
    exchange: Exchange,
    recovery: Recovery | None,
) -> None:
    """Waits for a step and runs the ones behind it."""
    trail = exchange.trail
    try:
        await pending
    except Exception as error:
        await _recover(entry, exchange, recovery, error)
    for entry in remaining:
        if trail is not None:
            trail += (entry[0], perf_counter_ns())
        try:
            following = entry[1](exchange)
            if following is not None:
                await following
        except Exception as error:
            await _recover(entry, exchange, recovery, error)


def _recover(entry: Entry, exchange: Exchange, recovery: Recovery | None, cause: Exception) -> Awaitable[None]:
    """What a handler does about a failed step; raises the error when there is none."""
    error = located(cause, entry.info)
    if exchange.trail is not None:
        exchange.trail += (StepFailure(entry.info, error.code, error.message), perf_counter_ns())
    if recovery is not None and error.recovery is not recovery:
        error.recovery = recovery
        handler = recovery.find(error, exchange)
        if handler is not None:
            return recovery.take(handler, entry.run, exchange, error)
    raise error


def _nothing(exchange: Exchange) -> None:
    """A block without steps."""
