"""Batches, flushing and closing."""

import stat
from collections.abc import Callable

import pytest

from tests.unit.runlog.books import FLOW, Book, counted, new_exchange, stored


def test_closing_stores_everything_and_takes_back_what_is_in_flight(book: Book) -> None:
    for _ in range(5000):
        book.run(level="full")
    book.log.flow(FLOW, "shop", "full").started()
    assert book.log.close()
    assert len(book.store.list(limit=10_000)) == 5000
    assert book.store.in_flight() == {}
    assert book.log.close()
    assert not book.log.flush()


def test_what_is_written_makes_room_in_the_queue(open_book: Callable[..., Book]) -> None:
    book = open_book(queue_size=20_000)
    for _ in range(5):
        for _ in range(15):
            book.run(level="full")
        book.flush()
    assert book.log.dropped == 0
    assert len(stored(book)) == 75


def test_the_file_is_for_its_owner_alone(book: Book) -> None:
    book.run()
    book.flush()
    assert {stat.S_IMODE(path.stat().st_mode) for path in book.home.iterdir()} == {0o600}


def test_a_run_that_cannot_be_recorded_is_counted_as_dropped(book: Book, caplog: pytest.LogCaptureFixture) -> None:
    book.run(level="full", exchange=new_exchange(id="no uuid"))
    book.run(level="full")
    assert stored(book) == ["ok"]
    assert counted(book) == {"ok": 2}
    assert book.store.dropped() == {FLOW: 1}
    assert "cannot be recorded" in caplog.text


def test_a_name_that_utf8_cannot_hold_is_stored_all_the_same(book: Book) -> None:
    book.run(flow="shop/\udcff.flow")
    assert counted(book, "shop/?.flow") == {"ok": 1}
