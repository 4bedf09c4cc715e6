"""The lines that flows and scripts write to the log while they are tested."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import structlog


class LogLine(NamedTuple):
    """A line. `at` is in seconds on the clock of the loop; `by` is the path of the step, or that of the script."""

    at: float
    level: str
    message: str
    by: str


@contextmanager
def noted_lines() -> Iterator[list[LogLine]]:
    """The lines that are written in the block, by the loop or by threads; they go nowhere else."""
    lines: list[LogLine] = []
    now = asyncio.get_running_loop().time

    def note(logger: Any, level: str, event: dict[str, Any]) -> Any:
        by = event.get("step") or event.get("module")
        if by is not None:
            lines.append(LogLine(now(), level, str(event["event"]), str(by)))
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    # Loggers that were used before hold this very list.
    before = processors.copy()
    processors[:] = [note]
    try:
        yield lines
    finally:
        processors[:] = before
