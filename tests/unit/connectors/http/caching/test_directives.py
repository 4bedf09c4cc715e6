import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airdock.connectors.http.caching.directives import LONGEST, Directives

WORDS = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789!#$%&'*+.^_`|~-", min_size=1, max_size=12)
VALUES = st.none() | WORDS | st.text(st.characters(codec="latin-1"), max_size=20)


@pytest.mark.parametrize(
    ("header", "name", "seconds"),
    [
        ("max-age=60", "max-age", 60),
        ("Max-Age = 60", "max-age", 60),
        ('max-age="60"', "max-age", 60),
        ("no-cache, max-age=1,,max-age=2", "max-age", 1),
        (["public", "max-age=5"], "max-age", 5),
        ("max-age=99999999999999999999", "max-age", LONGEST),
        ("max-age=", "max-age", 0),
        ("max-age=-1", "max-age", 0),
        ("max-age=1.5", "max-age", 0),
        ("max-age=٣", "max-age", 0),
        ("max-age=60;public", "max-age", 0),
        ("public", "max-age", None),
        (None, "max-age", None),
        ("x-max-age=1", "max-age", None),
        ('community="max-age=9"', "max-age", None),
    ],
)
def test_seconds(header: object, name: str, seconds: int | None) -> None:
    assert Directives(header).seconds(name) == seconds


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("private", frozenset()),
        ('private="Set-Cookie, x-a"', {"set-cookie", "x-a"}),
        ("private=set-cookie", {"set-cookie"}),
        ('community="a, private"', None),
        ("no-store private", None),
        ("no-store ; x, private", frozenset()),
        # Read as the stricter of two meanings.
        ('broken="never closed, private', frozenset()),
    ],
)
def test_directives_that_name_headers(header: str, fields: object) -> None:
    assert Directives(header).fields("private") == fields


def test_what_is_broken_takes_nothing_along() -> None:
    for header in ("@@, no-store", "=, no-store", "no-store @", ",,no-store", 'a="x" y, no-store'):
        assert "no-store" in Directives(header), header
    assert not Directives("")


@settings(max_examples=40)
@given(st.lists(st.tuples(WORDS, VALUES), max_size=8))
def test_what_is_written_is_read(pairs: list[tuple[str, str | None]]) -> None:
    def written(value: str | None) -> str:
        if value is None:
            return ""
        return '="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    read = Directives(", ".join(name + written(value) for name, value in pairs))
    first: dict[str, str] = {}
    for name, value in pairs:
        first.setdefault(name.lower(), value or "")
    for name, value in first.items():
        assert read.fields(name) == frozenset(value.lower().replace(",", " ").split())


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_any_text_is_read(text: str) -> None:
    read = Directives(text)
    assert read.seconds("max-age") is None or 0 <= (read.seconds("max-age") or 0) <= LONGEST


def test_a_long_header_takes_no_long_time() -> None:
    for part in ("a", " ", '"', '="', "=,", '\\"', ', a="'):
        Directives(part * 50_000)
