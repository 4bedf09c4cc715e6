"""The states of a circuit breaker, as resilience4j has them."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from airdock.steps.load.outcome_windows import FAILED, SLOW, CountWindow, OutcomeWindow

State = Literal["closed", "open", "halfOpen"]


class BreakerSettings(NamedTuple):
    """When a breaker opens, and how it closes again. Rates in percent, times in seconds.

    Attributes:
        window: Makes the window of a closed breaker. minimum: With fewer calls in it the rates are not looked at.
        failure_rate, slow_rate: From these on it opens. slow_seconds: What takes longer is slow.
        wait: It stays open so long. permitted: So many calls are let through half-open.
    """

    window: Callable[[], OutcomeWindow]
    minimum: int
    failure_rate: float
    slow_seconds: float
    slow_rate: float
    wait: float
    permitted: int


class Breaker:
    """Closed, open or half-open. It reads no clock: those who call it say what time it is.

    Attributes:
        state: The state. told: What was judged last, for people.
    """

    __slots__ = ("_changed", "_era", "_free", "_minimum", "_open_until", "_settings", "_window", "state", "told")

    def __init__(self, settings: BreakerSettings, changed: Callable[["Breaker"], None]) -> None:
        """`changed` is called behind each change of the state."""
        self._settings = settings
        self._changed = changed
        self._era = 1
        self._free = 0
        self._open_until = 0.0
        self._window = settings.window()
        self._minimum = settings.minimum
        self.state: State = "closed"
        self.told = ""

    def permit(self, now: float) -> int:
        """Lets a call through: what `record` or `forgive` is then given, once. 0: it is not let through."""
        if self.state == "closed":
            return self._era
        if self.state == "open":
            if now < self._open_until:
                return 0
            self.half_open()
        if not self._free:
            return 0
        self._free -= 1
        return self._era

    def record(self, permit: int, failed: bool, seconds: float, now: float) -> None:
        """A call has ended. One that was let through before the state changed does not count."""
        if permit != self._era:
            return
        outcome = (FAILED if failed else 0) | (SLOW if seconds > self._settings.slow_seconds else 0)
        self._window.add(outcome, now)
        if self._window.calls >= self._minimum:
            self._judge(now)

    def forgive(self, permit: int) -> None:
        """A call that was let through says nothing about the service."""
        if permit == self._era and self.state == "halfOpen":
            self._free += 1

    def half_open(self) -> None:
        """An open breaker lets some calls through, whose outcomes decide."""
        settings = self._settings
        self._free = settings.permitted
        self._become("halfOpen", CountWindow(settings.permitted), min(settings.minimum, settings.permitted))

    def wait(self, now: float) -> float:
        """Seconds until an open breaker lets calls through; 0 for another."""
        return max(self._open_until - now, 0.0) if self.state == "open" else 0.0

    def _judge(self, now: float) -> None:
        settings, window = self._settings, self._window
        if not window.failed and not window.slow:
            bad = False
        else:
            share = 100.0 / window.calls
            bad = window.failed * share >= settings.failure_rate or window.slow * share >= settings.slow_rate
        if bad:
            self.told = f"of {window.calls} calls {window.failed} failed and {window.slow} were slow"
            self._open_until = now + settings.wait
            self._become("open", settings.window(), settings.minimum)
        elif self.state == "halfOpen":
            self._become("closed", settings.window(), settings.minimum)

    def _become(self, state: State, window: OutcomeWindow, minimum: int) -> None:
        self._era += 1
        self._window = window
        self._minimum = minimum
        self.state = state
        self._changed(self)
