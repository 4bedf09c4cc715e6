"""One evaluation of a script, in a context of its own, in the thread that calls."""

import os
import threading
import time
from contextlib import suppress

# The package `quickjs` around this module starts a thread of its own when it is imported.
import _quickjs as quickjs  # type: ignore[import-not-found]

from airdock.errors import FlowError
from airdock.scripts.javascript.limits import JavaScriptLimits
from airdock.scripts.javascript.sources import prelude, sections

_SALVAGE_SECONDS = 0.2
_SALVAGE_MEMORY = 8 * 1024 * 1024


class BrokenError(Exception):
    """The engine ended a script: its time or memory was used up, or it failed where no script can.

    Attributes:
        error: What the step fails with.
        logs: What the script had logged, as the JSON text that `finish` gives; empty when it could not be had.
    """

    def __init__(self, error: FlowError, logs: str) -> None:
        super().__init__(error.message)
        self.error = error
        self.logs = logs


class Sandbox:
    """Evaluates scripts.

    The engine's own limit counts the CPU time of the whole process, other threads included. It is therefore set to so
    much more than the wall clock allows that it never ends a script early, and still ends each one.
    """

    def __init__(self, limits: JavaScriptLimits, threads: int) -> None:
        """`threads`: scripts that may run at once."""
        self._limits = limits
        self._factor = float(min(os.cpu_count() or 1, threads + 2))
        self._own = _Own()

    def run(self, modules: str, given: str, deadline: float) -> str:
        """Runs a script and its promises to their end; what `finish` says of it.

        Args:
            modules: `Program.text`. given: The input, JSON text.
            deadline: End of its wall clock, by `time.monotonic`.

        Raises:
            BrokenError: the engine ended it.
        """
        context, door = self._own.next or self._fresh()
        self._own.next = None
        try:
            context.set_time_limit(self._left(deadline))
            door("start", modules, given, *sections())
            while context.execute_pending_job():
                context.set_time_limit(self._left(deadline))
            context.set_memory_limit(self._limits.memory + _SALVAGE_MEMORY)
            answer: str = door("finish")
        except _LateError:
            raise self._broken(context, door, _timeout()) from None
        except (quickjs.JSException, UnicodeDecodeError) as error:
            raise self._broken(context, door, self._error(str(error))) from None
        if len(answer) > self._limits.answer:
            size = f"{len(answer)} characters of JSON, more than {self._limits.answer}"
            raise self._broken(context, door, FlowError("script.result", f"the script's outcome is too large: {size}"))
        self._own.spent = context, door
        return answer

    def renew(self) -> None:
        """Frees what the thread's last run left, and makes the context of its next run: nobody waits for either."""
        self._own.spent = None
        if self._own.next is None:
            with suppress(quickjs.JSException):  # the limits are too low for any script, as its run will say
                self._own.next = self._fresh()

    def check(self, source: str) -> str:
        """Empty when the source is the body of a module, else the error as JSON text.

        Raises:
            BrokenError: it cannot be compiled within the limits.
        """
        context, door = self._fresh()
        context.set_time_limit(self._limits.seconds * self._factor)
        try:
            found: str = door("check", source, "", *sections())
        except quickjs.JSException as error:
            raise BrokenError(self._error(str(error)), "") from None
        return found

    def _fresh(self) -> "_Entered":
        context = quickjs.Context()
        context.set_memory_limit(self._limits.memory)
        context.set_max_stack_size(self._limits.stack)
        return context, context.eval(prelude())

    def _left(self, deadline: float) -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise _LateError
        return left * self._factor

    def _broken(self, context: quickjs.Context, door: quickjs.Object, error: FlowError) -> BrokenError:
        """The log is asked for while the context lives, then what the script made is freed, both in bounded time."""
        context.set_memory_limit(self._limits.memory + _SALVAGE_MEMORY)
        context.set_time_limit(_SALVAGE_SECONDS * self._factor)
        logs = ""
        try:
            logs = door("logs", "", "", *sections())
            door("wipe")
        except (quickjs.JSException, UnicodeDecodeError):
            # The script left nothing to work with; its error is what counts.
            pass
        return BrokenError(error, logs)

    def _error(self, text: str) -> FlowError:
        if "interrupted" in text:
            return _timeout()
        if "call stack" in text or "stack overflow" in text:
            return FlowError("script.error", "the script's calls are nested too deep")
        return FlowError("script.memory", f"the script used more than {self._limits.memory} bytes of memory")


_Entered = tuple[quickjs.Context, quickjs.Object]
"""A context, and the prelude's function in it."""


class _Own(threading.local):
    """What a thread has between runs: a context that no script was in yet, and the one that its last run used."""

    next: _Entered | None = None
    spent: _Entered | None = None


class _LateError(Exception):
    """The wall clock of a run is over."""


def _timeout() -> FlowError:
    return FlowError("script.timeout", "the script did not end in its time")
