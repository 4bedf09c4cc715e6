import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from airdock.formats.format import TooLargeError
from airdock.formats.json import JsonReading, JsonWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write
from tests.unit.formats.values import JSON


@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    for options in (JsonWriting(), JsonWriting(indent=2, sort_names=True)):
        text = write(options, value)
        assert isinstance(text, str)
        assert read(JsonReading(), text) == read(JsonReading(), text.encode()) == value


@pytest.mark.parametrize(
    ("data", "type", "charset"),
    [
        ('{"ä": 1}'.encode(), "", ""),
        ('{"ä": 1}'.encode(), "application/json; charset=UTF-8", ""),
        ('{"ä": 1}'.encode("utf-8-sig"), "", ""),
        ('{"ä": 1}'.encode("utf-16"), "", ""),
        ('{"ä": 1}'.encode("latin-1"), 'application/json; charset="iso-8859-1"', ""),
        ('{"ä": 1}'.encode("cp1252"), "application/json; charset=utf-8", "windows-1252"),
        ('\ufeff{"ä": 1}', "", ""),
    ],
)
def test_character_sets(data: str | bytes, type: str, charset: str) -> None:
    assert read(JsonReading(charset=charset), data, type) == {"ä": 1}


def test_numbers_are_what_they_were() -> None:
    assert read(JsonReading(), "123456789012345678901234567890") == 123456789012345678901234567890
    assert read(JsonReading(), "1.5") == 1.5
    assert write(JsonWriting(), [math.nan, Decimal("1.10"), b"ab"]) == '[null,"1.10","YWI="]'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "Input data was truncated"),
        ('{"a": 1x}', "byte 7"),
        ("1e999", "Number out of range"),
        ("9" * 5000, "out of range"),
        (b'"\xff"', "utf-8"),
        (b"[1]\xe4", "trailing"),
        ('"\ud800"', "not Unicode"),
    ],
)
def test_what_is_not_json(data: str | bytes, message: str) -> None:
    assert message in unreadable(JsonReading(), data)


def test_charsets_that_do_not_fit() -> None:
    assert "is not utf-8 text" in unreadable(JsonReading(charset="utf-8"), b"\xe4")
    assert "not known" in unreadable(JsonReading(), b"1", "application/json; charset=klingon")


@pytest.mark.parametrize("depth", [51, 10_000, 1_000_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert "`maxDepth`, 50 levels" in unreadable(
        JsonReading(max_depth=50), "[" * depth + "]" * depth, error=TooLargeError
    )


def test_what_is_too_deep_for_the_library_is_refused() -> None:
    assert unreadable(JsonReading(), "[" * 100_000, error=TooLargeError) == "it is nested deeper than can be read"
    assert read(JsonReading(), "[" * 300 + "]" * 300)


def test_nesting_within_the_bound_is_read() -> None:
    assert read(JsonReading(max_depth=50), "[" * 50 + "]" * 50)


def test_what_json_cannot_hold() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "nested too deeply" in unwritable(JsonWriting(), loop)
    assert "JSON cannot hold" in unwritable(JsonWriting(), {"a": object()})
    assert "JSON cannot hold" in unwritable(JsonWriting(), 10**5000)
    assert "JSON cannot hold" in unwritable(JsonWriting(), "\ud800")


def test_layout() -> None:
    assert write(JsonWriting(), {"b": [1], "a": 2}) == '{"b":[1],"a":2}'
    assert write(JsonWriting(indent=2, sort_names=True), {"b": [1], "a": 2}) == '{\n  "a": 2,\n  "b": [\n    1\n  ]\n}'
    assert content_type(JsonWriting(), 1) == "application/json"
