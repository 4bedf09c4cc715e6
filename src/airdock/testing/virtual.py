"""Virtual time: an event loop whose clock jumps to the next thing to do instead of waiting for it."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

from airdock.engine.clock import LoopClock

Value = TypeVar("Value")

START = 1_767_225_600.0
"""Unix time at which virtual time begins: the first second of 2026, UTC."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Waits for timers in no time; in the same run with the same inputs everything happens in the same order.

    While a thread works (a `def` of a script, a file), time stands still and the thread is waited for.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._threads = 0
        super().__init__(_Jumping(self._jump))

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

    def _thread_done(self, future: object) -> None:
        self._threads -= 1

    def _jump(self, timeout: float) -> bool:
        if self._threads:
            return False
        self._ahead += timeout
        return True


class _Jumping(selectors.DefaultSelector):
    """A selector that hands a wait without anything to wait for to a function, which may do without it."""

    def __init__(self, jump: Callable[[float], bool]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is not None and self._jump(timeout):
            return ready
        # A thread is waited for: it may end at any time, and the loop's timers stand still meanwhile.
        return super().select(None)


class VirtualClock(LoopClock):
    """The clock of flows on a `VirtualLoop`; its Unix time begins at `START`."""

    def now(self) -> float:
        return START + self.monotonic()


def run_virtually(main: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
    """Runs a coroutine on a `VirtualLoop` of its own, to its end.

    Raises whatever it raises.
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())
