from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.form import FormReading, FormWriting
from airdock.formats.format import TooLargeError
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write
from tests.unit.formats.values import TEXT


@given(st.dictionaries(TEXT, TEXT | st.lists(TEXT, min_size=2, max_size=3), max_size=5))
def test_what_is_written_is_read_back(fields: dict[str, Any]) -> None:
    text = write(FormWriting(), fields)
    assert read(FormReading(), text) == read(FormReading(), text.encode()) == fields


def test_fields() -> None:
    assert read(FormReading(), b"a=1&b=x+y%20z&a=2&c&d=%E4&=e\r\n", "x; charset=latin-1") == {
        "a": ["1", "2"],
        "b": "x y z",
        "c": "",
        "d": "ä",
        "": "e",
    }
    assert read(FormReading(lists=["a"]), "a=1&b=2") == {"a": ["1"], "b": "2"}
    assert read(FormReading(), "") == {}
    assert write(FormWriting(), {"a": [1, None, True], "b": 1.5, "c": []}) == "a=1&a=&a=true&b=1.5"
    assert write(FormWriting(charset="latin-1"), {"a": "ä"}) == "a=%E4"
    assert content_type(FormWriting(), {}) == "application/x-www-form-urlencoded"


def test_what_is_not_a_form() -> None:
    assert "must be escaped" in unreadable(FormReading(), "a=ä")
    assert "must be escaped" in unreadable(FormReading(), b"a=\xff")
    assert "not utf-8 text" in unreadable(FormReading(), "a=%FF")
    text = "&".join(["a=1"] * 11)
    assert "more than `maxFields`, 10" in unreadable(FormReading(max_fields=10), text, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], "those of an object, not of a list"),
        ({"a": {"b": 1}}, "the value of 'a' is an object"),
        ({"a": [[1]]}, "the value of 'a' is a list"),
        ({"a": b"x"}, "the value of 'a' is bytes"),
        ({"a": object()}, "the value of 'a' has no text"),
        ({"a": "\ud800"}, "a character that utf-8 lacks"),
    ],
)
def test_what_a_form_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(FormWriting(), value)
