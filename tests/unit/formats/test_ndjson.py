from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.ndjson import NdjsonReading, NdjsonWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write
from tests.unit.formats.values import JSON


@given(st.lists(JSON, max_size=5))
def test_what_is_written_is_read_back(values: list[Any]) -> None:
    text = write(NdjsonWriting(), values)
    assert text.count("\n") == len(values)
    assert read(NdjsonReading(), text) == read(NdjsonReading(), text.replace("\n", "\r\n\n").encode()) == values


def test_nothing_is_no_lines() -> None:
    assert read(NdjsonReading(), b"") == read(NdjsonReading(), "\n \n") == []
    assert write(NdjsonWriting(), []) == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"a":1}\n\n{"a":\n', "line 3: Input data was truncated"),
        ("1 2", "line 1"),
        ("[\n1]", "line 1"),
        (b"1\n\xff", "line 2"),
    ],
)
def test_an_error_names_the_line(data: str | bytes, message: str) -> None:
    assert message in unreadable(NdjsonReading(), data)


@pytest.mark.parametrize("depth", [51, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    data = "1\n" + "[" * depth + "]" * depth
    assert "line 2 is nested deeper" in unreadable(NdjsonReading(max_depth=50), data, error=TooLargeError)
    assert read(NdjsonReading(max_depth=50), "[" * 50 + "]" * 50)


def test_a_character_set() -> None:
    assert read(NdjsonReading(), '"ä"\n'.encode("utf-16")) == ["ä"]
    assert read(NdjsonReading(charset="latin-1"), b'"\xe4"') == ["ä"]


def test_what_is_no_list_has_no_lines() -> None:
    assert unwritable(NdjsonWriting(), {"a": 1}) == "the lines are the items of a list, not of an object"
    assert "JSON cannot hold" in unwritable(NdjsonWriting(), [object()])
    assert content_type(NdjsonWriting(), [1]) == "application/x-ndjson"
