"""A block: steps that run in order on one exchange, without a task switch while none of them waits."""

from asyncio import CancelledError
from collections.abc import Awaitable, Iterator
from time import perf_counter_ns
from typing import NamedTuple

from airdock.checkpoint import Checkpoint
from airdock.engine.recovery import Recovery, located
from airdock.errors import FlowError
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
    except CancelledError:
        _note_cut(exchange, entry.info.path)
        raise
    for entry in remaining:
        if trail is not None:
            trail += (entry[0], perf_counter_ns())
        try:
            following = entry[1](exchange)
            if following is not None:
                await following
        except Exception as error:
            await _recover(entry, exchange, recovery, error)
        except CancelledError:
            _note_cut(exchange, entry.info.path)
            raise


def _recover(entry: Entry, exchange: Exchange, recovery: Recovery | None, cause: Exception) -> Awaitable[None]:
    """What a handler does about a failed step; raises the error when there is none."""
    error = located(cause, entry.info)
    if exchange.trail is not None:
        exchange.trail += (StepFailure(entry.info, error.code, error.message), perf_counter_ns())
        _note_failure(exchange, error, entry.info.path)
    if recovery is not None and error.recovery is not recovery:
        error.recovery = recovery
        handler = recovery.find(error, exchange)
        if handler is not None:
            return recovery.take(handler, entry.run, exchange, error)
    raise error


def _note_failure(exchange: Exchange, error: FlowError, path: str) -> None:
    """Notes where the run stands: the step that failed, then each one around it as the error goes outwards."""
    if exchange.repaired is not None:
        # A handler failed. Its own steps are no place to go on from; the step that it took care of is.
        error.checkpoint = exchange.repaired
        return
    exchange.cut = None
    point: Checkpoint | None = error.checkpoint
    if point is not None and (point.exchange is exchange or point.refusal):
        point.around(path)
    else:
        error.checkpoint = Checkpoint.taken(path, exchange)


def _note_cut(exchange: Exchange, path: str) -> None:
    """The same for a run that is cut off while a step waits."""
    if exchange.trail is None or exchange.repaired is not None:
        return
    if exchange.cut is None:
        exchange.cut = Checkpoint.taken(path, exchange)
    else:
        exchange.cut.around(path)


def _nothing(exchange: Exchange) -> None:
    """A block without steps."""
