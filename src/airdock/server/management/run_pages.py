"""Pages of recorded runs, of which a caller may see only some."""

from collections.abc import Callable, Sequence

from airdock.api.shapes import Page
from airdock.runlog import RunSummary

SCANNED = 1000
"""Runs that one page looks through; what is behind them the next page finds, so a page may be short, or empty."""
_AT_ONCE = 200

Batch = Callable[[int, str | None], Sequence[RunSummary]]
"""Runs, the newest first: how many at most, and behind which id."""
Shown = Callable[[RunSummary], bool]
"""Whether a page shows a run."""


def page_of_runs(batch: Batch, shown: Shown, limit: int, cursor: str | None) -> Page[RunSummary]:
    """The page behind the cursor, which is the id of a run."""
    found: list[RunSummary] = []
    size, left = limit + 1, SCANNED
    while left > 0:
        runs = batch(size, cursor)
        for run in runs:
            if len(found) == limit:
                return Page(found, cursor)
            cursor = run.id
            if shown(run):
                found.append(run)
        if len(runs) < size:
            return Page(found)
        left -= size
        size = _AT_ONCE
    return Page(found, cursor)
