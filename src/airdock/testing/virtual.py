"""Virtual time: an event loop whose clock jumps to the next thing to do instead of waiting for it."""

import asyncio
import math
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar

from airdock.engine.clock import LoopClock

Value = TypeVar("Value")

START = 1_767_225_600.0
"""Unix time at which virtual time begins: the first second of 2026, UTC."""


PATIENCE = 2.0
"""Real seconds for which time stands still while threads work; then it goes on as it really does, so that timeouts cut
them off."""


_MOST = 1e6
"""Seconds that a selector takes."""


class StuckError(Exception):
    """What runs on a `VirtualLoop` waits for what never comes."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Waits for timers in no time; in the same run with the same inputs everything happens in the same order.

    While a thread works (a `def` of a script, a file), time stands still and the thread is waited for, for `PATIENCE`
    at most; then time goes on as it really does. A wait that nothing can end raises `StuckError` out of the loop.
    """

    def __init__(self, longest: float = math.inf) -> None:
        """`longest`: real seconds after which it is given up when it waits for something."""
        self._ahead = 0.0
        self._threads = 0
        self._longest = longest
        self._since = time.monotonic()
        super().__init__(_Jumping(self._wait))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._ahead

    def run_in_executor(  # type: ignore[override]  # the types of the arguments are the base's business
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._threads += 1
        future.add_done_callback(self._thread_done)
        return future

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Holds time while a thread works for what is in the block."""
        self._threads += 1
        try:
            yield
        finally:
            self._threads -= 1

    def _thread_done(self, future: object) -> None:
        self._threads -= 1

    def _wait(self, timeout: float | None, select: Callable[[float], Any]) -> Any:
        """What came while nothing was to do; else time has gone on."""
        if self._threads or timeout is None:
            ready = self._come(PATIENCE, select)
            if ready or (self._threads and timeout is None):
                return ready
        if timeout is None:
            raise StuckError("it waits for what never comes")
        ready = self._come(timeout, select) if self._threads else self._come(0, select)
        if not ready:
            self._ahead += timeout
        return ready

    def _come(self, seconds: float, select: Callable[[float], Any]) -> Any:
        """What comes within that real time, as far as there is some left."""
        left = self._since + self._longest - time.monotonic()
        ready = select(max(min(seconds, left, _MOST), 0))
        if not ready and seconds > left:
            self._since = time.monotonic()  # what is cancelled now has time for its end
            raise StuckError(f"it did not end within {self._longest:g} s of real time")
        return ready


class _Jumping(selectors.DefaultSelector):
    """A selector that hands a wait without anything to wait for to a function, which may do without it."""

    def __init__(self, wait: Callable[[float | None, Callable[[float], Any]], Any]) -> None:
        super().__init__()
        self._wait = wait

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        return ready if ready or timeout == 0 else self._wait(timeout, super().select)


class VirtualClock(LoopClock):
    """The clock of flows on a `VirtualLoop`; its Unix time begins at `START`."""

    def now(self) -> float:
        return START + self.monotonic()


def run_virtually(main: Callable[[], Coroutine[Any, Any, Value]], longest: float = math.inf) -> Value:
    """Runs a coroutine on a `VirtualLoop` of its own, to its end.

    Args:
        longest: Real seconds after which it is given up when it waits for something.

    Raises whatever it raises, and `StuckError`.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(longest)) as runner:
        return runner.run(main())
