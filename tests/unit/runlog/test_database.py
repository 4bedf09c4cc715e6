"""The file stays within its bounds."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from airdock.runlog.database import Database
from tests.unit.runlog.books import Book, counted, new_exchange

OpenBook = Callable[..., Book]


def test_runs_that_are_too_old_are_deleted(open_book: OpenBook) -> None:
    book = open_book(max_age=3600.0, cleanup_interval=0.0)
    for age in (7200, 3601, 3599, 0):
        book.run(level="full", exchange=new_exchange(id=id_of(book.clock.unix - age)))
    book.flush()
    assert len(book.store.list()) == 2
    book.clock.unix += 3599
    book.flush()
    assert len(book.store.list()) == 1
    assert counted(book) == {"ok": 4}


def test_the_oldest_runs_are_deleted_when_the_file_is_too_large(open_book: OpenBook) -> None:
    book = open_book(max_size=1024**2, max_age=1e12)
    for number in range(20):
        for each in range(1000):
            book.run(level="full", exchange=new_exchange(id=id_of(number * 1000.0 + each)))
        book.flush()
    kept = book.store.list(limit=20_000)
    assert 2000 < len(kept) < 19_000
    assert kept[0].start.timestamp() == 19_999.0
    assert kept[-1].start.timestamp() == 20_000 - len(kept)
    assert counted(book) == {"ok": 20_000}
    assert book.log.close()
    assert sum(path.stat().st_size for path in book.home.iterdir()) < 1.3 * 1024**2


def id_of(unix: float) -> str:
    return f"{round(unix * 1000):012x}7000{id(object()) % 2**16:04x}{0x8000000000000000 + 1:016x}"[:32]


def test_what_dead_processes_had_in_flight_is_deleted(tmp_path: Path) -> None:
    database = Database(tmp_path, "test", 1.0)
    database.delete_older(0)
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        # Our own pid, but another birth: the number was used again.
        connection.execute("INSERT INTO in_flight VALUES ('w', 'shop/orders.flow', ?, 1, 5)", (os.getpid(),))
    connection.close()
    database.delete_older(0)
    database.close()
    with sqlite3.connect(tmp_path / "runs.db") as connection:
        assert connection.execute("SELECT * FROM in_flight").fetchall() == []
    connection.close()
