"""The file of an earlier version goes on in this one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from airdock.errors import FlowError
from airdock.runlog import RunLogError, RunStore
from airdock.runlog.schema import FROM_1, VERSION
from tests.unit.runlog.books import Book, new_exchange

OpenBook = Callable[..., Book]
NEW = "new/b.flow"

FIRST = """
CREATE TABLE runs (id BLOB NOT NULL, flow TEXT NOT NULL, outcome TEXT NOT NULL, nanoseconds INTEGER NOT NULL,
  summary BLOB NOT NULL, detail BLOB, PRIMARY KEY (id)) WITHOUT ROWID;
CREATE INDEX runs_by_flow ON runs (flow, id);
CREATE INDEX runs_failed ON runs (id) WHERE outcome = 'failed';
CREATE TABLE counters (flow TEXT NOT NULL, outcome TEXT NOT NULL, bound TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (flow, outcome, bound)) WITHOUT ROWID;
CREATE TABLE in_flight (worker TEXT NOT NULL, flow TEXT NOT NULL, pid INTEGER NOT NULL, birth INTEGER NOT NULL,
  value INTEGER NOT NULL, PRIMARY KEY (worker, flow)) WITHOUT ROWID;
PRAGMA user_version = 1;
"""
"""The tables of the first version, as it made them."""


SECOND = (
    *FROM_1,
    "CREATE INDEX runs_of_flow ON runs (flow, id, outcome, code, project)",
    "CREATE INDEX runs_of_project ON runs (project, id, outcome, code)",
    "CREATE INDEX runs_of_outcome ON runs (outcome, id, code)",
    "PRAGMA user_version = 2",
)
"""From those of the first version to those of the second."""


@pytest.fixture(params=[1, 2])
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A home with a run log of an earlier version: one run that ended well, one at the root, one that failed."""
    home = tmp_path / "home"
    home.mkdir()
    rows = [
        ("01" * 16, "shop/a.flow", "ok", b'["shop"]', None),
        ("02" * 16, "root.flow", "ok", b"[]", None),
        (
            "03" * 16,
            "shop/a.flow",
            "failed",
            b'["shop",7,2,"GET","/x","10.0.0.1",{"code":"a.b","message":"m","step":"1"}]',
            b'{"cause":"c"}',
        ),
    ]
    with sqlite3.connect(home / "runs.db") as connection:
        connection.executescript(FIRST)
        for id, *row in rows:
            connection.execute(
                "INSERT INTO runs (id, flow, outcome, nanoseconds, summary, detail) VALUES (?, ?, ?, 5, ?, ?)",
                (bytes.fromhex(id), *row),
            )
        connection.execute("INSERT INTO counters VALUES ('shop/a.flow', 'ok', '0.1', 41)")
        for statement in SECOND if request.param == 2 else ():
            connection.execute(statement)
    connection.close()
    return home


def check(store: RunStore) -> None:
    assert {run.id[:2]: run.flow for run in store.list() if run.flow != NEW} == {
        "01": "shop/a.flow",
        "02": "root.flow",
        "03": "shop/a.flow",
    }
    assert [run.error.code for run in store.list(project="shop", code="A.B") if run.error] == ["a.b"]
    assert [run.flow for run in store.list(project="")] == ["root.flow"]
    failed = store.get("03")
    assert failed is not None
    assert (failed.release, failed.attempt, failed.cause, failed.retriable) == (7, 2, "c", False)
    assert [(each.flow, each.count) for each in store.counters() if each.outcome == "ok"] == [("shop/a.flow", 41)]


def test_a_reader_brings_it_up_to_date(home: Path) -> None:
    check(RunStore(home))
    check(RunStore(home))


def test_a_writer_brings_it_up_to_date_and_goes_on(home: Path, open_book: OpenBook) -> None:
    book = open_book(max_age=1e12)
    book.flush()
    check(book.store)
    book.run(flow=NEW, error=FlowError("x.y", "m"), exchange=new_exchange(NEW))
    book.flush()
    assert [run.flow for run in book.store.list(code="x.y")] == [NEW]
    check(book.store)


def test_both_ways_lead_to_the_same_tables(home: Path, tmp_path: Path) -> None:
    RunStore(home).list()
    fresh = Book(tmp_path / "fresh")
    fresh.flush()
    fresh.log.close()
    assert tables(home) == tables(tmp_path / "fresh")


def tables(home: Path) -> object:
    with sqlite3.connect(home / "runs.db") as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]
        shapes = {name: connection.execute(f"PRAGMA table_xinfo('{name}')").fetchall() for name in names}
        version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    # The default is written otherwise, and means the same.
    return {name: [(row[1], row[3]) for row in rows] for name, rows in shapes.items()}, version


def test_one_of_a_later_version_is_left_alone(home: Path) -> None:
    with sqlite3.connect(home / "runs.db") as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    book = Book(home)
    book.run()
    assert not book.log.flush(0.2)
    book.log.close()
    with sqlite3.connect(home / "runs.db") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (3,)
    connection.close()


def test_one_that_cannot_be_written_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr("airdock.runlog.store.open_for_writing", refuse)
    with pytest.raises(RunLogError, match="not yours"):
        RunStore(home).list()
