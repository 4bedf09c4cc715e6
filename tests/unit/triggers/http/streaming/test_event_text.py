"""Events on the wire, and read again as a browser does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http.streaming.event_text import event_of, event_text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("a", "data: a\n\n"),
        ("", "data: \n\n"),
        ("a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n\n"),
        (b"a", "data: a\n\n"),
        (2**70, f"data: {2**70}\n\n"),
        ({"data": "a", "event": "e", "id": 1, "retry": 5}, "event: e\nid: 1\nretry: 5\ndata: a\n\n"),
        ({"data": None}, "data: null\n\n"),
        ({"event": "e"}, 'data: {"event":"e"}\n\n'),
        ({"data": 1, "name": "x"}, 'data: {"data":1,"name":"x"}\n\n'),
    ],
)
def test_events(item: Any, text: str) -> None:
    assert event_of(item).decode() == text


def test_an_id_may_be_left_out() -> None:
    assert event_of({"data": "a", "id": "7"}, with_id=False) == b"data: a\n\n"


@pytest.mark.parametrize(
    "item",
    [
        {"data": "a", "event": "a\nb"},
        {"data": "a", "id": "a\rb"},
        {"data": "a", "id": "a\0"},
        {"data": "a", "retry": "soon"},
        {"data": "a", "retry": -1},
        {"data": "a", "retry": True},
        b"\xff",
        "\ud800",
        object(),
    ],
)
def test_what_makes_no_event_is_refused(item: Any) -> None:
    with pytest.raises(FlowError, match=r"event|Event") as refused:
        event_of(item)
    assert refused.value.code == "response.invalid"


def test_a_wait_that_is_none_is_told() -> None:
    with pytest.raises(FlowError, match=r"is -1, not a number of milliseconds"):
        event_of({"data": "a", "retry": -1})


def read(text: str) -> list[tuple[str, str, str]]:
    """Events as the HTML standard has a browser read them: type, data, last id."""
    events: list[tuple[str, str, str]] = []
    data: list[str] = []
    event, last = "message", ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append((event, "\n".join(data), last))
            data, event = [], "message"
        elif name == "data":
            data.append(value)
        elif name == "event":
            event = value
        elif name == "id":
            last = value
    return events


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1)


@given(st.lists(st.tuples(WORDS, TEXTS, WORDS)))
def test_what_is_written_is_what_a_browser_reads(items: list[tuple[str, str, str]]) -> None:
    text = b"".join(event_text(data, event, id) for event, data, id in items).decode()
    lines = [
        (event, "\n".join(data.replace("\r\n", "\n").replace("\r", "\n").split("\n")), id) for event, data, id in items
    ]
    assert read(text) == lines


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each)
    )
)
def test_any_json_value_is_one_event(value: Any) -> None:
    if isinstance(value, str) or (isinstance(value, dict) and "data" in value):
        value = [value]
    ((_, data, _),) = read(event_of(value).decode())
    assert json.loads(data) == value
