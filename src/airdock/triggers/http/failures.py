"""Lines about failed runs on the log, so that an operator who reads it learns of them."""

import time
from collections.abc import Callable

from airdock.errors import FlowError
from airdock.exchange import Run
from airdock.logs import log_run

LINES_PER_SECOND = 10


class FailureLog:
    """Writes a line for each run that ended with a status of 500 and above; the run's record has the whole story.

    A line names code, step and run, and the message only if asked: it may hold data of the caller. Of a flood, the
    first lines of each second are written, and how many were left out.
    """

    def __init__(self, *, messages: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages = messages
        self._clock = clock
        self._second = 0
        self._lines = 0

    def note(self, error: FlowError, run: Run) -> None:
        """A run failed."""
        if 400 <= error.status < 500:
            return
        second = int(self._clock())
        left_out = 0
        if second != self._second:
            left_out, self._lines, self._second = max(self._lines - LINES_PER_SECOND, 0), 0, second
        self._lines += 1
        if self._lines > LINES_PER_SECOND:
            return
        fields = {"step": error.step} if error.step else {}
        if left_out:
            fields["unlisted"] = str(left_out)
        message = f": {error.message}" if self._messages else ""
        log_run(run, "error", f"failed with {error.code}{message}", **fields)
