from urllib.parse import parse_qsl, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.query import all_values, first_values, parse_cookies, parse_pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", []),
        ("name=Joe", [("name", "Joe")]),
        ("name", [("name", "")]),
        ("name=", [("name", "")]),
        ("=x", [("", "x")]),
        ("a=1&&b=2&", [("a", "1"), ("b", "2")]),
        ("a=b=c", [("a", "b=c")]),
        ("full+name=Joe+Doe%21", [("full name", "Joe Doe!")]),
        ("a=%C3%A4", [("a", "ä")]),
        ("a=%ff", [("a", "\ufffd")]),
        ("a=%zz%", [("a", "%zz%")]),
        ("a=1;b=2", [("a", "1;b=2")]),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str]]) -> None:
    assert parse_pairs(text, 1000) == pairs


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_was_quoted_comes_back(pairs: list[tuple[str, str]]) -> None:
    clean = [(name, value) for name, value in pairs if (name + value).isprintable()]
    text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in clean)
    assert parse_pairs(text, 1000) == clean


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_pairs_are_those_of_the_standard_library(text: str) -> None:
    assert parse_pairs(text, 1000) == parse_qsl(text, keep_blank_values=True)


def test_too_many_parameters_are_refused() -> None:
    assert len(parse_pairs("&".join(["a=1"] * 1000), 1000)) == 1000
    with pytest.raises(FlowError) as caught:
        parse_pairs("&".join(["a=1"] * 1001), 1000)
    assert (caught.value.code, caught.value.status) == ("request.query", 400)


def test_first_and_all_values() -> None:
    pairs = [("a", "1"), ("b", "2"), ("a", "3")]
    assert first_values(pairs) == {"a": "1", "b": "2"}
    assert all_values(pairs) == {"a": ["1", "3"], "b": ["2"]}


def test_cookies() -> None:
    assert parse_cookies('a=1; b="two"; a=3; broken; c=x=y;', 1000) == {"a": "1", "b": "two", "c": "x=y"}
    assert parse_cookies("", 1000) == {}
    assert len(parse_cookies("; ".join(f"c{number}=1" for number in range(50)), 10)) == 10
