"""Time and waiting, as steps see them."""

from collections.abc import Awaitable, Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will be done later."""

    def cancel(self) -> None:
        """It will not be done; nothing happens when it was."""


class Clock(Protocol):
    """Time and waiting, so that tests can run flows in virtual time."""

    def call_later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Has the loop call something after that time. Called on the event loop."""

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Ends after that time."""

    def now(self) -> float:
        """Unix time in seconds: what is kept in a store is measured by it."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for what one process measures. Called on the event loop."""
