"""The database cannot be written: runs go on, and it is said what happens to their records."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.runlog import RunLog, RunLogSettings, RunStore, schema
from airdock.runlog.trouble import Trouble
from tests.unit.runlog.books import FLOW, Book, counted, new_exchange, stored

OpenBook = Callable[..., Book]


def test_a_locked_file_is_waited_for_and_nothing_is_lost(open_book: OpenBook, caplog: pytest.LogCaptureFixture) -> None:
    book = open_book(busy_timeout=0.01)
    book.flush()
    other = sqlite3.connect(book.home / "runs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(100):
        book.run(level="full")
    for _ in range(3):
        assert not book.log.flush(timeout=0.05)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "another process holds it" in caplog.text
    other.execute("ROLLBACK")
    other.close()
    assert len(stored(book)) == 100
    assert counted(book) == {"ok": 100}
    assert "is written again" in caplog.text


def test_a_full_queue_drops_and_counts(open_book: OpenBook) -> None:
    book = open_book(busy_timeout=0.01, queue_size=20_000)
    book.flush()
    other = sqlite3.connect(book.home / "runs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(100):
        book.run(level="full")
    assert book.log.dropped == 80
    other.execute("ROLLBACK")
    other.close()
    assert len(stored(book)) == 20
    assert counted(book) == {"ok": 100}
    assert book.store.dropped() == {FLOW: 80}


def test_a_full_disk_is_reported_and_closing_says_what_is_lost(
    open_book: OpenBook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:

    def with_a_small_disk(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA max_page_count = 16")

    prepare = schema._prepare
    monkeypatch.setattr(schema, "_prepare", with_a_small_disk)
    book = open_book()
    for _ in range(3000):
        book.run(level="full")
    assert not book.log.flush(timeout=0.2)
    assert "the disk is full" in caplog.text
    assert counted_directly(book) == 0
    assert not book.log.close()
    assert "not written" in caplog.text


def test_a_folder_that_cannot_be_made_stops_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "home").write_text("in the way")
    log = RunLog(tmp_path / "home", settings=RunLogSettings(interval=0.001))
    log.start()
    entry = log.flow(FLOW, "shop", "full")
    entry.started()
    entry.ended(new_exchange(), 0, None)
    assert not log.flush(timeout=0.05)
    (tmp_path / "home").unlink()
    assert log.flush()
    assert len(RunStore(tmp_path / "home").list()) == 1
    assert log.close()
    assert caplog.text.count("cannot be written") == 1


def test_a_damaged_file_is_reported_and_replaced_when_it_is_moved_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "runs.db"
    path.write_bytes(b"not a database" * 1000)
    log = RunLog(tmp_path, settings=RunLogSettings(interval=0.001))
    log.start()
    entry = log.flow(FLOW, "shop", "full")
    entry.started()
    entry.ended(new_exchange(), 0, None)
    assert not log.flush(timeout=0.05)
    assert "move it away" in caplog.text
    path.rename(tmp_path / "damaged")
    assert log.flush()
    assert len(RunStore(tmp_path).list()) == 1
    assert log.close()


def test_a_file_of_a_newer_version_is_not_touched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    log = RunLog(tmp_path, settings=RunLogSettings(interval=0.001))
    log.start()
    log.flow(FLOW, "shop", "off").started()
    assert not log.flush(timeout=0.05)
    assert "newer version" in caplog.text
    assert not log.close()


def counted_directly(book: Book) -> int:
    with sqlite3.connect(book.home / "runs.db") as connection:
        (count,) = connection.execute("SELECT count(*) FROM runs").fetchone()
    connection.close()
    return int(count)


def test_an_error_is_said_once_a_minute(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("airdock.runlog.trouble.time.monotonic", lambda: now)
    trouble = Trouble(Path("runs.db"))
    for now in (1000.0, 1001.0, 1059.0, 1060.0):  # noqa: B007 -- the clock reads it
        trouble.failed(OSError(28, "No space left on device"), 5, 7)
    assert len(caplog.records) == 2
    assert "No space left on device" in caplog.text
    assert "5 records wait" in caplog.text
    assert "7 have been dropped" in caplog.text


def test_closing_waits_for_another_process_that_writes_just_then(open_book: OpenBook) -> None:
    book = open_book(interval=60.0, busy_timeout=0.01)
    book.flush()
    other = sqlite3.connect(book.home / "runs.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    book.run()
    handler = ReleaseAtFirstError(other)
    logging.getLogger("airdock.runlog").addHandler(handler)
    try:
        assert book.log.close()
    finally:
        logging.getLogger("airdock.runlog").removeHandler(handler)
        other.close()
    assert handler.released
    assert len(book.store.list()) == 1


class ReleaseAtFirstError(logging.Handler):
    """Ends the other's transaction when the run log says that it cannot write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(logging.ERROR)
        self._connection = connection
        self.released = False

    def emit(self, record: logging.LogRecord) -> None:
        if not self.released:
            self.released = True
            self._connection.execute("ROLLBACK")


def test_closing_gives_up_in_time_and_says_what_is_lost(open_book: OpenBook, caplog: pytest.LogCaptureFixture) -> None:
    book = open_book(interval=60.0, busy_timeout=0.01, close_timeout=0.05)
    book.flush()
    other = sqlite3.connect(book.home / "runs.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    book.run()
    assert not book.log.close()
    other.close()
    assert "ends with 1 records, and the last counters, not written" in caplog.text


def test_a_mistake_in_the_writer_does_not_end_it(
    open_book: OpenBook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = open_book()
    with monkeypatch.context() as broken:
        broken.setattr("airdock.runlog.database.Database.store", lambda *_: 1 / 0)
        book.run()
        assert not book.log.flush(timeout=0.05)
        assert not book.log.flush(timeout=0.05)
    assert stored(book) == ["ok"]
    assert counted(book) == {"ok": 1}
    assert caplog.text.count("ZeroDivisionError") == 1
