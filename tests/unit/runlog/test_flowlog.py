"""What is kept of runs, and that all are counted."""

from collections.abc import Callable

import pytest

from airdock.errors import FlowError
from airdock.exchange import StepFailure, StepInfo
from airdock.runlog import BOUNDS
from tests.unit.runlog.books import FLOW, Book, counted, new_exchange, stored

BROKEN = FlowError("step.failed", "it broke", status=418, step="1.2")
OpenBook = Callable[..., Book]


@pytest.mark.parametrize(
    ("level", "ok", "failed", "trail"),
    [("full", 30, 3, True), ("summary", 10, 3, True), ("errors", 0, 3, True), ("off", 0, 0, False)],
)
def test_a_level_says_what_is_stored_and_all_is_counted(
    book: Book, level: str, ok: int, failed: int, trail: bool
) -> None:
    for _ in range(30):
        book.run(level=level)
    for _ in range(3):
        book.run(level=level, error=BROKEN)
    outcomes = stored(book)
    assert (outcomes.count("ok"), outcomes.count("failed")) == (ok, failed)
    assert counted(book) == {"ok": 30, "failed": 3}
    assert book.log.flow(FLOW, "shop", level).keep_trail is trail


def test_an_unknown_level_is_refused(book: Book) -> None:
    with pytest.raises(ValueError, match="'loud' is not a level"):
        book.log.flow(FLOW, "shop", "loud")


def test_a_flow_has_one_log_whose_level_can_change(book: Book) -> None:
    first = book.log.flow(FLOW, "shop", "off")
    book.run(level="off")
    assert book.log.flow(FLOW, "shop", "full") is first
    book.run(level="full")
    assert stored(book) == ["ok"]


def test_the_budget_of_successes_is_for_each_second_and_flow(book: Book) -> None:
    for second in (0.0, 0.5, 1.0, 1.5):
        book.clock.seconds = second
        for _ in range(25):
            book.run()
            book.run(flow="shop/other.flow")
    assert len(stored(book)) == len(stored(book, "shop/other.flow")) == 20
    assert counted(book) == {"ok": 100}


def test_asking_for_the_log_of_a_flow_again_gives_no_new_budget(book: Book) -> None:
    for _ in range(30):
        book.log.flow(FLOW, "shop", "summary")
        book.run()
    assert len(stored(book)) == 10


def test_a_flood_of_failures_is_kept_whole_then_in_short_then_counted(open_book: OpenBook) -> None:
    book = open_book(whole_failures=5, failures=20)
    ids = [book.run(error=BROKEN) for _ in range(50)]
    assert len(stored(book)) == 20
    assert counted(book) == {"failed": 50}
    records = [book.store.get(id) for id in ids[:20]]
    assert [record.whole for record in records if record] == [True] * 5 + [False] * 15
    assert all(record.error for record in records if record)
    book.clock.seconds += 1
    book.run(error=BROKEN)
    assert len(stored(book)) == 21


def test_durations_are_counted_in_buckets_with_inclusive_bounds(book: Book) -> None:
    for seconds in (0.0, 0.0005, 0.0006, 0.3, 30.0, 31.0):
        book.run(seconds=seconds)
        book.clock.seconds = 0
    book.flush()
    (counters,) = book.store.counters()
    expected = [0] * (len(BOUNDS) + 1)
    for bound, count in ((0.0005, 2), (0.001, 1), (0.5, 1), (30.0, 1)):
        expected[BOUNDS.index(bound)] = count
    expected[-1] = 1
    assert counters.buckets == tuple(expected)
    assert counters.seconds == pytest.approx(61.3011, abs=1e-6)


def test_a_failed_run_has_its_steps_and_its_error(book: Book) -> None:
    exchange = new_exchange()
    one, two = StepInfo("1", "1", "try", 3), StepInfo("1.2", "price", "http", 5)
    exchange.trail = [one, 0, two, 1_000_000, StepFailure(two, "step.failed", "it broke"), 3_000_000]
    id = book.run(exchange=exchange, seconds=0.004, error=BROKEN)
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert record.error is not None
    assert (record.error.code, record.error.step, record.error.status) == ("step.failed", "1.2", 418)
    assert [(step.path, step.outcome, step.seconds) for step in record.steps] == [
        ("1", "ok", 0.004),
        ("1.2", "failed", 0.002),
    ]
    assert (record.outcome, record.project, record.release, record.attempt) == ("failed", "shop", 3, 1)


def test_a_successful_run_has_its_steps_only_at_level_full(book: Book) -> None:
    kept = []
    for level in ("full", "summary"):
        exchange = new_exchange(f"shop/{level}.flow")
        exchange.trail = [StepInfo("1", "1", "set"), 0]
        id = book.run(flow=f"shop/{level}.flow", level=level, exchange=exchange)
        book.flush()
        record = book.store.get(id)
        kept.append(None if record is None else (record.whole, len(record.steps)))
    assert kept == [(True, 1), (False, 0)]


@pytest.mark.parametrize(("level", "kept"), [("full", 1), ("summary", 1), ("errors", 1), ("off", 0)])
def test_a_retry_is_kept_whatever_the_budget(open_book: OpenBook, level: str, kept: int) -> None:
    book = open_book(successes=0)
    exchange = new_exchange()
    exchange.trail = [StepInfo("1", "1", "set"), 0]
    exchange.run.retry_of = "first"
    id = book.run(level=level, exchange=exchange)
    assert stored(book) == ["ok"] * kept
    record = book.store.get(id)
    assert (record is not None and record.whole and record.retry_of == "first") is bool(kept)


def test_a_run_tried_again_under_its_id_replaces_its_record(book: Book) -> None:
    exchange = new_exchange()
    book.run(exchange=exchange, error=BROKEN)
    book.flush()
    exchange.run.attempt = 2
    id = book.run(exchange=exchange)
    book.flush()
    record = book.store.get(id)
    assert record is not None
    assert (record.outcome, record.attempt, record.exchange) == ("ok", 2, None)
    assert counted(book) == {"failed": 1, "ok": 1}


def test_runs_in_flight_are_shown_until_they_end(book: Book) -> None:
    entry = book.log.flow(FLOW, "shop", "off")
    entry.started()
    entry.started()
    book.flush()
    assert book.store.in_flight() == {FLOW: 2}
    assert entry.in_flight == 2
    entry.ended(new_exchange(), 0, None)
    book.flush()
    assert book.store.in_flight() == {FLOW: 1}
    entry.ended(new_exchange(), 0, BROKEN)
    book.flush()
    assert book.store.in_flight() == {}
