"""Keeps runs in memory instead of a run log."""

from time import perf_counter_ns

from airdock.engine.pipeline import NoLog
from airdock.errors import FlowError
from airdock.exchange import Exchange, StepFailure, StepInfo


class RecordedRun:
    """A run that ended.

    Attributes:
        exchange: Its data at the end. error: What nobody handled, or None.
        started_ns, ended_ns: `perf_counter_ns` at start and end.
    """

    def __init__(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        self.exchange = exchange
        self.error = error
        self.started_ns = started_ns
        self.ended_ns = perf_counter_ns()

    @property
    def steps(self) -> list[str]:
        """Paths of the steps that ran, in order; skipped ones are left out."""
        trail = self.exchange.trail or []
        pairs = zip(trail[::2], trail[1::2], strict=True)
        return [entry.path for entry, at in pairs if isinstance(entry, StepInfo) and at is not None]

    @property
    def failed_steps(self) -> list[str]:
        """Paths of the steps that failed, handled or not, the innermost first."""
        return [entry.step.path for entry in (self.exchange.trail or [])[::2] if isinstance(entry, StepFailure)]


class Recording(NoLog):
    """Records the runs of every flow; stands where a server has its run log."""

    keep_trail = True

    def __init__(self) -> None:
        self.runs: list[RecordedRun] = []

    def flow(self, name: str, project: str, level: str) -> "Recording":
        return self

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        self.runs.append(RecordedRun(exchange, started_ns, error))
