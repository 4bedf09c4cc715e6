"""Pages of runs, of which only some are shown."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from airdock.runlog import RunSummary
from airdock.server.management.run_pages import SCANNED, page_of_runs

START = datetime(2026, 1, 1, tzinfo=UTC)


def runs(count: int) -> list[RunSummary]:
    """The newest first."""
    ids = [str(UUID(int=number + 1)) for number in reversed(range(count))]
    return [RunSummary(id, "p/x.flow", "p", START, 0.1, "ok") for id in ids]


class Log:
    def __init__(self, count: int) -> None:
        self.runs = runs(count)
        self.read = 0

    def batch(self, size: int, behind: str | None) -> list[RunSummary]:
        found = [run for run in self.runs if behind is None or run.id < behind][:size]
        self.read += len(found)
        return found


@given(count=st.integers(0, 700), limit=st.integers(1, 200), every=st.integers(1, 50))
def test_all_that_is_shown_is_found_once_and_in_order(count: int, limit: int, every: int) -> None:
    log = Log(count)

    def shown(run: RunSummary) -> bool:
        return UUID(run.id).int % every == 0

    found, cursor = [], None
    while True:
        page = page_of_runs(log.batch, shown, limit, cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    assert found == [run for run in log.runs if shown(run)]


def test_a_page_reads_no_more_than_it_needs() -> None:
    log = Log(1000)
    page_of_runs(log.batch, lambda run: True, 50, None)
    assert log.read == 51


def test_a_page_gives_up_and_goes_on_with_the_next() -> None:
    log = Log(3 * SCANNED)
    page = page_of_runs(log.batch, lambda run: False, 50, None)
    assert (page.items, page.next) == ([], log.runs[log.read - 1].id)
    assert log.read < SCANNED + 300
