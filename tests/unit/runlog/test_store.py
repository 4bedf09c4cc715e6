"""Reading the run log."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from airdock.errors import FlowError
from airdock.runlog import RunLogError, RunRecord, RunStore
from tests.unit.runlog.books import FLOW, Book, new_exchange


def id_at(second: int, digit: str = "0") -> str:
    digits = f"{second * 1000:012x}7000a000{digit * 12}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@pytest.fixture
def filled(open_book: Callable[..., Book]) -> Book:
    """Runs of three flows at the seconds 1,000 to 1,029; every fifth failed."""
    book = open_book(max_age=1e12)
    for number in range(30):
        error = None if number % 5 else FlowError("step.failed", "it broke")
        flow = f"shop/{number % 3}.flow"
        book.run(flow=flow, level="full", error=error, exchange=new_exchange(flow, id=id_at(1000 + number)))
    book.flush()
    return book


def seconds(runs: list[object]) -> list[int]:
    return [round(run.start.timestamp()) for run in runs]  # type: ignore[attr-defined]


def test_a_home_without_a_run_log_has_no_runs(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "none")
    assert (store.list(), store.get("01"), store.counters(), store.in_flight(), store.dropped()) == (
        [],
        None,
        [],
        {},
        {},
    )
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "runs.db").touch()
    assert (store.list(), store.counters()) == ([], [])


def test_runs_are_listed_from_the_newest(filled: Book) -> None:
    assert seconds([*filled.store.list()]) == list(range(1029, 999, -1))
    assert seconds([*filled.store.list(limit=2)]) == [1029, 1028]


def test_pages_follow_one_another_without_a_gap(filled: Book) -> None:
    found: list[int] = []
    before = None
    while page := filled.store.list(limit=7, before=before):
        found += seconds([*page])
        before = page[-1].id
    assert found == list(range(1029, 999, -1))


def test_runs_are_chosen_by_flow_outcome_and_time(filled: Book) -> None:
    store = filled.store
    assert seconds([*store.list(flow="shop/1.flow")]) == list(range(1028, 1000, -3))
    assert seconds([*store.list(outcome="failed")]) == list(range(1025, 999, -5))
    assert seconds([*store.list(flow="shop/0.flow", outcome="failed")]) == [1015, 1000]
    assert seconds([*store.list(since=datetime.fromtimestamp(1027, UTC))]) == [1029, 1028, 1027]
    assert store.list(flow="' OR 1=1 --") == []


def test_a_page_behind_something_that_is_no_id_is_refused(filled: Book) -> None:
    with pytest.raises(RunLogError, match="not the whole id"):
        filled.store.list(before="0000")


def test_a_run_is_found_by_its_id_or_by_enough_of_it(filled: Book) -> None:
    id = id_at(1007)
    for text in (id, id.upper(), id.replace("-", ""), id[:13]):
        record = filled.store.get(text)
        assert isinstance(record, RunRecord)
        assert record.id == id
    assert filled.store.get(id_at(9999)) is None
    assert filled.store.get("ff") is None


def test_too_little_of_an_id_names_the_runs_that_it_could_be(filled: Book) -> None:
    with pytest.raises(RunLogError, match=rf"several runs .* begins with 0000.*{id_at(1029)}.*…"):
        filled.store.get("0000")


@pytest.mark.parametrize("text", ["", "  ", "x", "../runs", "0" * 33])
def test_what_is_no_id_is_refused(filled: Book, text: str) -> None:
    with pytest.raises(RunLogError, match="is not the id of a run"):
        filled.store.get(text)


def test_counters_are_by_flow_and_outcome(filled: Book) -> None:
    assert [(each.flow, each.outcome, each.count) for each in filled.store.counters()] == [
        (f"shop/{number}.flow", outcome, count) for number in range(3) for outcome, count in (("failed", 2), ("ok", 8))
    ]


def test_records_travel_as_json(filled: Book) -> None:
    record = filled.store.get(id_at(1005))
    assert msgspec.json.decode(msgspec.json.encode(record), type=RunRecord) == record


def test_a_closed_log_can_be_read_and_reading_changes_nothing(filled: Book) -> None:
    filled.log.close()
    before = (filled.home / "runs.db").read_bytes()
    assert len(filled.store.list()) == 30
    assert (filled.home / "runs.db").read_bytes() == before


def test_a_damaged_log_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(RunLogError, match=r"run log .*runs\.db cannot be read: file is not a database"):
        RunStore(tmp_path).list()


def test_reading_goes_on_while_runs_are_written(book: Book) -> None:
    for number in range(1, 20):
        book.run(flow=FLOW, level="full")
        book.flush()
        assert len(book.store.list()) == number
