import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.csv import CsvReading
from airdock.formats.csv_rows import CsvRows
from airdock.formats.csv_writing import CsvWriting
from airdock.formats.dialect import dialect_of
from airdock.formats.format import ContentError, TooLargeError
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write
from tests.unit.formats.values import TEXT

# At the very beginning a byte order mark is none of the text.
CELL = TEXT.filter(lambda text: "\0" not in text and not text.startswith("\ufeff"))
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=6)


@given(ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["needed", "all"]), st.sampled_from(["", "\\"]))
def test_what_is_written_is_read_back(rows: list[list[str]], delimiter: str, quoting: str, escape: str) -> None:
    text = write(CsvWriting(delimiter=delimiter, quoting=quoting, escape=escape), rows)
    assert read(CsvReading(delimiter=delimiter, escape=escape, header=False), text) == rows


@given(st.text(alphabet='a",;\r\n\\', max_size=40), st.integers(1, 7))
def test_pieces_give_the_rows_of_the_whole(text: str, size: int) -> None:
    dialect = dialect_of(CsvReading())
    try:
        expected = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True, **dialect) if row]
    except csv.Error:
        expected = None
    rows = CsvRows(dialect, 1000)
    try:
        found: Any = [row for at in range(0, len(text), size) for row in rows.feed(text[at : at + size])] + list(
            rows.end()
        )
    except ContentError:
        found = None
    assert found == expected


def test_objects_by_the_names_of_the_first_line() -> None:
    text = '\ufeffsku;name;price\r\n1;"Tea; green";4.50\r\n\r\n2;"a ""b""\r\nc";\r\n'
    assert read(CsvReading(delimiter=";"), text) == [
        {"sku": "1", "name": "Tea; green", "price": "4.50"},
        {"sku": "2", "name": 'a "b"\r\nc', "price": ""},
    ]


def test_names_of_ones_own() -> None:
    assert read(CsvReading(columns=["x", "y"], header=False), "1,2") == [{"x": "1", "y": "2"}]
    assert read(CsvReading(columns=["x", "y"]), "a,b\n1,2") == [{"x": "1", "y": "2"}]
    assert read(CsvReading(header=False), "1,2\r3,4") == [["1", "2"], ["3", "4"]]
    assert read(CsvReading(), "") == read(CsvReading(), "a,b\n") == []


def test_values_are_trimmed_and_null_if_wanted() -> None:
    options = CsvReading(trim=True, empty_as_null=True, ragged="fill")
    assert read(options, "a,b,c\n x ,  \n1,2,3,4\n") == [
        {"a": "x", "b": None, "c": None},
        {"a": "1", "b": "2", "c": "3"},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n1,2,3\n", "line 3: the row has 3 fields, not 2"),
        ('a,b\n"x\ny",2\n1\n', "line 4: the row has 1 fields, not 2"),
        ('a\n"x', "line 2: unexpected end of data"),
        ('a\n"x"y\n', "line 2: "),
        ("a,a\n1,2\n", "line 1: two columns are called 'a'"),
        (b"a\n\xff", "is not utf-8 text"),
    ],
)
def test_an_error_names_the_line(text: str | bytes, message: str) -> None:
    assert message in unreadable(CsvReading(), text)


@pytest.mark.parametrize("text", ["a\n" + "x" * 2000, 'a\n"' + "x\n" * 1000 + '"', 'a\n"' + "x\n" * 10_000_00])
def test_a_row_without_an_end_is_refused(text: str) -> None:
    assert "line 2: the row is longer" in unreadable(CsvReading(max_row_size=1000), text, error=TooLargeError)


def test_a_character_set() -> None:
    assert read(CsvReading(), b"a\n\xe4", "text/csv; charset=iso-8859-1") == [{"a": "ä"}]
    assert read(CsvReading(charset="cp1252"), b"a\n\x80") == [{"a": "€"}]


def test_columns_are_the_names_of_all_rows() -> None:
    rows = [{"a": 1, "b": None}, {"b": True, "c": 1.5}, ["x", "y"]]
    assert write(CsvWriting(line_end="lf"), rows) == "a,b,c\n1,,\n,true,1.5\nx,y\n"
    assert write(CsvWriting(columns=["c", "a"], header=False), rows[:2]) == ",1\r\n1.5,\r\n"
    assert write(CsvWriting(), []) == ""
    assert write(CsvWriting(columns=["a"]), []) == "a\r\n"


def test_formulas() -> None:
    rows = [["=1+1", "-2", -2, "+x", "@y", "\tz", "a=b"]]
    assert write(CsvWriting(), rows) == "=1+1,-2,-2,+x,@y,\tz,a=b\r\n"
    assert write(CsvWriting(formulas="escape"), rows) == "'=1+1,'-2,-2,'+x,'@y,'\tz,a=b\r\n"
    assert unwritable(CsvWriting(formulas="refuse"), rows) == "row 0: the text '=1+1' begins like a formula"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, "the rows are the items of a list, not of an object"),
        ([5], "row 0 is a number, not an object or a list"),
        ([{"a": {}}], "row 0: a value is an object"),
        ([{"a": 1}, {"a": [1]}], "row 1: a value is a list"),
        ([{"a": b""}], "row 0: a value is bytes"),
        ([[object()]], "row 0: CSV cannot hold a value"),
        ([[10**5000]], "row 0: CSV cannot hold a value"),
    ],
)
def test_what_csv_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(CsvWriting(), value)


def test_without_quotes_a_delimiter_cannot_stand_in_a_value() -> None:
    assert "cannot stand in CSV" in unwritable(CsvWriting(quote=""), [["a,b"]])
    assert write(CsvWriting(quote="", escape="\\"), [["a,b"]]) == "a\\,b\r\n"


def test_bytes_of_a_character_set() -> None:
    options = CsvWriting(charset="iso-8859-15")
    assert write(options, [["€"]]) == b"\xa4\r\n"
    assert content_type(options, []) == "text/csv; charset=iso-8859-15"
    assert content_type(CsvWriting(), []) == "text/csv"
    assert "has no 'ł'" in unwritable(options, [["ł"]])


def test_rules_between_options() -> None:
    assert CsvReading.check(CsvReading(delimiter='"'))[0][0] == "delimiter"
    assert CsvReading.check(CsvReading(columns=["a", "a"]))[0][0] == "columns"
    assert CsvReading.check(CsvReading(charset="klingon"))[0][0] == "charset"
    assert CsvWriting.check(CsvWriting(quoting="all", quote=""))[0][0] == "quoting"
    assert CsvWriting.check(CsvWriting()) == []
