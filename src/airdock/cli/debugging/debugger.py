"""The observer that stops runs at steps."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from airdock.cli.debugging.breakpoints import Breakpoint
from airdock.errors import FlowError
from airdock.exchange import Exchange, StepInfo

Move = Literal["into", "over", "out", "on"]
"""Where a run stops next: at the next step, at the next that is not inside this one, behind the step around this one,
at the next breakpoint."""


class Stop(NamedTuple):
    """Where a run stands.

    Attributes:
        step: In front of which it stands, or which failed. exchange: Its data.
        around: The steps that it is in, the outermost first. error: What the step failed with; None in front of it.
    """

    step: StepInfo
    exchange: Exchange
    around: tuple[StepInfo, ...]
    error: FlowError | None = None


class Debugger:
    """Stops runs and asks what to do. Runs side by side stop one after another.

    Attributes:
        breakpoints: Where it stops. on_error: It stops where a step fails.
    """

    def __init__(
        self, ask: Callable[["Debugger", Stop], Move], *, on_error: bool = False, first: Move = "into"
    ) -> None:
        """
        Args:
            ask: Called at each stop. first: Where the run stops first.
        """
        self.breakpoints: list[Breakpoint] = []
        self.on_error = on_error
        self._ask = ask
        self._move: Move = first
        self._depth = 0
        self._open: list[tuple[StepInfo, Exchange]] = []

    def entered(self, step: StepInfo, exchange: Exchange) -> None:
        """Stops in front of a step, if it is one to stop at."""
        if self._is_next() or any(each.is_at(step, exchange) for each in self.breakpoints):
            self._stop(Stop(step, exchange, tuple(each for each, _ in self._open)))
        self._open.append((step, exchange))

    def left(self, step: StepInfo, exchange: Exchange, error: BaseException | None) -> None:
        """Stops where a step has failed, if that was asked for, and not again for those around it."""
        place = next(i for i in range(len(self._open) - 1, -1, -1) if self._open[i] == (step, exchange))
        del self._open[place]
        if self.on_error and isinstance(error, FlowError) and error.step in ("", step.path):
            self._stop(Stop(step, exchange, tuple(each for each, _ in self._open), error))

    def _is_next(self) -> bool:
        match self._move:
            case "into":
                return True
            case "over":
                return len(self._open) <= self._depth
            case "out":
                return len(self._open) < self._depth
        return False

    def _stop(self, stop: Stop) -> None:
        self._move = self._ask(self, stop)
        self._depth = len(stop.around)
