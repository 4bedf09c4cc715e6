"""Lists by any choice: what they hold, and that an index makes each."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.dialects import sqlite

from airdock.errors import FlowError
from airdock.runlog.listing import Choice, listed
from tests.unit.runlog.books import Book, new_exchange

OpenBook = Callable[..., Book]
CODES = ("", "a.timeout", "connector.http.status", "b.Timeout")


def id_at(second: int) -> str:
    return f"{second * 1000:012x}7000a000000000000000"


@pytest.fixture
def filled(open_book: OpenBook) -> Book:
    """Runs at the seconds 1,000 to 1,039: of two flows of two projects each, a quarter of them well."""
    book = open_book(max_age=1e12)
    for number in range(40):
        project, code = f"p{number % 2}", CODES[number // 2 % 4]
        flow = f"{project}/{number // 8 % 2}.flow"
        exchange = new_exchange(flow, id=id_at(1000 + number))
        exchange.run.project = project
        book.run(flow=flow, level="full", error=FlowError(code, "m") if code else None, exchange=exchange)
    book.flush()
    return book


CHOICES: dict[str, list[Any]] = {
    "flow": [None, "p0/1.flow", "p1/9.flow"],
    "project": [None, "p0", "none"],
    "outcome": [None, "ok", "failed"],
    "code": [None, "TIMEOUT", "%", ""],
    "since": [None, datetime.fromtimestamp(1010, UTC)],
    "until": [None, datetime.fromtimestamp(1030, UTC)],
}


def fits(run: Any, choice: dict[str, Any]) -> bool:
    return (
        choice["flow"] in (None, run.flow)
        and choice["project"] in (None, run.project)
        and choice["outcome"] in (None, run.outcome)
        and (not choice["code"] or (run.error is not None and choice["code"].lower() in run.error.code.lower()))
        and (choice["since"] is None or run.start >= choice["since"])
        and (choice["until"] is None or run.start < choice["until"])
    )


def test_every_choice_and_its_pages(filled: Book) -> None:
    everything = filled.store.list(limit=100)
    assert len(everything) == 40
    for values in product(*CHOICES.values()):
        choice = dict(zip(CHOICES, values, strict=True))
        expected = [run.id for run in everything if fits(run, choice)]
        found: list[str] = []
        while page := filled.store.list(**choice, limit=7, before=found[-1] if found else None):
            found += [run.id for run in page]
        assert found == expected, choice


def test_the_runs_that_went_out_from_one(open_book: OpenBook) -> None:
    book = open_book(max_age=1e12)
    book.run(flow="a", level="full", exchange=new_exchange("a", id=id_at(1)))
    for second, step in ((2, "tap"), (3, "orders")):
        exchange = new_exchange("a", id=id_at(second))
        exchange.run.parent, exchange.run.step = id_at(1), step
        book.run(flow="a", level="full", exchange=exchange)
    book.flush()
    found = book.store.list(parent=id_at(1))
    assert [(run.step, UUID(run.parent).hex) for run in found] == [("orders", id_at(1)), ("tap", id_at(1))]
    assert book.store.list(parent=id_at(2)) == []
    assert [run.step for run in book.store.list()] == ["orders", "tap", ""]


@pytest.mark.parametrize(
    "choice",
    [
        Choice(),
        Choice(flow="a"),
        Choice(flow="a", project="p", outcome="ok", code="x"),
        Choice(project="p", outcome="ok"),
        Choice(outcome="failed", code="x"),
        Choice(parent=bytes(16)),
        Choice(parent=bytes(16), flow="a", outcome="ok"),
        Choice(code="x", since=datetime.now(UTC)),
    ],
)
def test_each_choice_is_made_in_an_index_without_looking_at_rows_or_sorting(filled: Book, choice: Choice) -> None:
    query = listed(choice, 50).compile(dialect=sqlite.dialect())
    values = [query.params[name] for name in query.positiontup or ()]
    with sqlite3.connect(filled.home / "runs.db") as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    connection.close()
    if choice == Choice():
        assert plan[1:] == ["LIST SUBQUERY 1", "SCAN runs"], plan
    else:
        assert any("COVERING INDEX runs_of" in line for line in plan), plan
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan
