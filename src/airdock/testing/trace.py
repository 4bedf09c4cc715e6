"""Traces: what each step of a run changed, and how long it took."""

from asyncio import CancelledError
from time import perf_counter_ns
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange, StepInfo
from airdock.testing.changes import Change, changes, snapshot


class TracedStep:
    """A step that a run took.

    Attributes:
        step: Which one. run: Id of the run. started_ns, ended_ns: `perf_counter_ns`; the end is 0 while it runs.
        skipped: Its `when` was not true. error: What it failed with.
        cut_off: It was ended while it ran: by a timeout around it, the end of a branch, or as the run was cancelled.
        changes: What it changed itself, not what steps inside it did.
    """

    def __init__(self, step: StepInfo, run: str) -> None:
        self.step = step
        self.run = run
        self.started_ns = perf_counter_ns()
        self.ended_ns = 0
        self.skipped = self.cut_off = False
        self.error: FlowError | None = None
        self.changes: list[Change] = []

    @property
    def seconds(self) -> float:
        return max(self.ended_ns - self.started_ns, 0) / 1e9


class _Seen:
    """An exchange that is watched: how it was last, and the steps that it is in, the innermost last."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.last = snapshot(exchange)
        self.open: list[TracedStep] = []


class Trace:
    """An observer that notes the steps of runs, for `Runtime(observer=...)`.

    Attributes:
        steps: In the order in which they began.
    """

    def __init__(self) -> None:
        self.steps: list[TracedStep] = []
        # By identity; the exchange is kept, so that no other one gets its id.
        self._seen: dict[int, _Seen] = {}

    def entered(self, step: StepInfo, exchange: Exchange) -> None:
        """Notes that a step begins. What changed since the last note was done by the step around it."""
        seen = self._seen.get(id(exchange))
        if seen is None:
            seen = self._seen[id(exchange)] = _Seen(exchange)
        self._attribute(seen)
        traced = TracedStep(step, exchange.run.id)
        seen.open.append(traced)
        self.steps.append(traced)

    def left(self, step: StepInfo, exchange: Exchange, error: BaseException | None) -> None:
        """Notes that it has ended."""
        seen = self._seen[id(exchange)]
        now = perf_counter_ns()
        self._attribute(seen)
        traced = seen.open.pop()
        traced.ended_ns = now
        trail = exchange.trail
        traced.skipped = bool(trail) and trail[-1] is None and trail[-2] == step  # type: ignore[index]
        if isinstance(error, FlowError):
            traced.error = error
        traced.cut_off = isinstance(error, CancelledError)

    def of(self, run: str) -> list[TracedStep]:
        """The steps of one run."""
        return [each for each in self.steps if each.run == run]

    def _attribute(self, seen: _Seen) -> None:
        now: dict[str, Any] = snapshot(seen.exchange)
        if seen.open:
            seen.open[-1].changes += changes(seen.last, now)
        seen.last = now
