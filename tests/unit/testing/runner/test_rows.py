"""Cases that run for each row of a table."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.spec.flow_test import FlowCase
from airdock.testing import run_tests
from airdock.testing.runner.rows import row_name, rows_of
from tests.unit.flows import Flows, output
from tests.unit.testing.runner.conftest import messages

CASE: dict[str, Any] = {
    "name": "it",
    "send": {"json": {"a": "${row.a}"}, "query": {"b": "${row.b}"}},
    "expect": {"text": "${row.a} ${row.b}"},
}


def table(content: bytes) -> list[Any]:
    return rows_of(FlowCase(name="it", rows="x.csv"), lambda name: content)


def run_rows(flows: Flows, rows: Any) -> list[Any]:
    flows.write("p/f.flow", {"steps": [output("${body.a} ${request.query.b}")]})
    flows.write("p/f.test.json", {"cases": [{**CASE, "rows": rows}]})
    return run_tests(flows.folder).cases


def test_rows_in_the_file(flows: Flows) -> None:
    cases = run_rows(flows, [{"a": 1, "b": "x"}, {"a": True}])
    assert [case.name for case in cases] == ["it [1: a=1, b=x]", "it [2: a=true]"]
    assert [messages(case) for case in cases] == [[], []]


def test_rows_of_a_table(flows: Flows) -> None:
    flows.write("p/tables/x.csv", 'a,b\n1,"x, y"\n\ntrue,\n')
    cases = run_rows(flows, "tables/x.csv")
    assert [case.name for case in cases] == ["it [1: a=1, b=x, y]", "it [2: a=true]"]
    assert [messages(case) for case in cases] == [[], []]


def test_a_table_that_is_missing(flows: Flows) -> None:
    [case] = run_rows(flows, "none.csv")
    assert case.failures[0].place.path == "$.cases[0].rows"
    assert "none.csv cannot be read" in messages(case)[0]


def test_cells_are_values() -> None:
    assert table(b"\xef\xbb\xbfa,b,c,d,e,f\n1,1.5,-2e3,null,false,007\n") == [
        {"a": 1, "b": 1.5, "c": -2000.0, "d": None, "e": False, "f": "007"}
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no rows"),
        (b"a,b\n", "no rows"),
        (b"a\n1,2\n", "row 2 has 2 cells"),
        (b'a\n"1\n', "line"),
        (b"a\n\xff\n", "utf-8"),
    ],
)
def test_what_is_no_table(content: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        table(content)


@given(st.lists(st.lists(st.text("abc ,\"'\n0", min_size=1, max_size=5), min_size=2, max_size=2), min_size=1))
def test_any_text_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["x", "y"], *rows])
    found = table(text.getvalue().encode())
    assert len(found) == len(rows)
    for row, (x, y) in zip(found, rows, strict=True):
        assert row["x"] == (0 if x == "0" else x)
        assert row["y"] == (0 if y == "0" else y)


def test_a_long_row_is_cut_in_the_name() -> None:
    assert len(row_name(FlowCase(name="it"), 3, {"a": "x" * 100})) < 80
