"""The format of event streams, by the examples of the standard and by a reading of it that takes its words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.sse.events import EndlessError, Event, EventReader

MOST = 10_000


def read(*pieces: bytes, last: str = "", most: int = MOST) -> list[Event]:
    reader = EventReader(last, most)
    return [event for piece in pieces for event in reader.feed(piece)]


def message(data: str, id: str = "", last: str = "", name: str = "message") -> Event:
    return Event(name, data, id, last)


def test_examples_of_the_standard() -> None:
    assert read(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [message("YHOO\n+2\n10")]
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
    assert read(stream) == [message("first event", "1", "1"), message("second event"), message(" third event")]
    assert read(b"data\n\ndata\ndata\n\ndata:") == [message(""), message("\n")]
    assert read(b"data:test\n\ndata: test\n\n") == [message("test")] * 2
    assert read(b"event: add\ndata: 73857293\n\nevent: empty\n\n") == [message("73857293", name="add")]


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"\xef\xbb\xbfdata: a\n\n", [message("a")]),
        (b"data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", [message(each) for each in "abc"]),
        (b"data: \xff\xfe\n\n", [message("��")]),
        (b"data: caf\xc3\xa9\n\n", [message("café")]),
        (b"data: a:b: c\n\n", [message("a:b: c")]),
        (b"nothing\nknown: here\n\ndata: a\n\n", [message("a")]),
        (b"DATA: a\n\n", []),
        (b"data: unfinished\n", []),
        # An id moves the position, with data or without.
        (b"id: 7\n\nid: 7\n\ndata: a\n\n", [Event("", None, "7", "7"), message("a", "", "7")]),
        (
            b"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
            [message("a", "7", "7"), message("b", "", "7"), message("c")],
        ),
        # What could not be sent back is no id.
        (b"id: a\x00b\ndata: a\n\n", [message("a")]),
        (b"id: a\x1bb\ndata: a\n\n", [message("a")]),
        (b"id: " + b"x" * 1001 + b"\ndata: a\n\n", [message("a")]),
    ],
)
def test_details(stream: bytes, events: list[Event]) -> None:
    assert read(stream) == events
    assert read(*(bytes([each]) for each in stream)) == events


@pytest.mark.parametrize(
    ("line", "retry"),
    [
        ("retry: 1500", 1.5),
        ("retry:0", 0.0),
        ("retry: 1.5", None),
        ("retry: -1", None),
        ("retry: ٣", None),
        ("retry: 9999999999", None),
        ("retry", None),
    ],
)
def test_how_long_to_wait(line: str, retry: float | None) -> None:
    reader = EventReader("", MOST)
    assert list(reader.feed(f"{line}\n".encode())) == []
    assert reader.retry == retry


def test_an_event_that_is_too_large_is_the_same_however_it_comes() -> None:
    large = b"event: e\ndata: " + b"x" * 40 + b"\ndata: more\nid: 12345678901\n\ndata: a\n\n"
    whole = read(large, most=20)
    assert whole[0]._replace(data="") == Event("e", "", "12345678901", "12345678901", cut=True)
    assert (whole[0].data or "").startswith("x" * 14)
    assert whole[1:] == [message("a", "", "12345678901")]
    for size in (1, 2, 3, 7, 50):
        pieces = [large[start : start + size] for start in range(0, len(large), size)]
        assert [event._replace(data="") for event in read(*pieces, most=20)] == [e._replace(data="") for e in whole]


@pytest.mark.parametrize("piece", [b"data: x", b"data: x\n", b"x" * 999, b": c", b"\xff" * 100])
def test_an_event_without_end_is_given_up_and_takes_no_room(piece: bytes) -> None:
    reader = EventReader("", 100)

    def go_on() -> None:
        for _ in range(10_000):
            assert list(reader.feed(piece)) == []
            assert len(reader._line) + sum(map(len, reader._data)) <= 500

    with pytest.raises(EndlessError):
        go_on()


def test_comments_never_add_up() -> None:
    reader = EventReader("", 10)
    for _ in range(1000):
        assert list(reader.feed(b": keep alive\n")) == []
    assert list(reader.feed(b"data: a\n\n")) == [message("a")]


def as_the_standard_says(stream: bytes) -> list[tuple[str, str, str]]:
    """The standard's algorithm, word for word, on a whole stream: name, data and last id of each event."""
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")[:-1]
    data, kind, buffer, found = "", "", "", []
    for line in lines:
        if line == "":
            if data:
                found.append((kind or "message", data.removesuffix("\n"), buffer))
            data, kind = "", ""
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                kind = value
            elif name == "data":
                data += value + "\n"
            elif name == "id" and "\0" not in value:
                buffer = value
    return found


LINES = st.sampled_from(
    ["data: a", "data:b", "data", "data: ä", "id: 1", "id:2", "id", "event: e", "event", ": c", "", "x: y", "retry: 5"]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r", "\r\n"]))).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)


@given(STREAMS | st.binary(max_size=60), st.lists(st.integers(0, 100), max_size=8))
def test_any_pieces_give_what_the_standard_says(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    events = read(*(stream[start:end] for start, end in pairwise(places)))
    told = [(event.name, event.data, event.last) for event in events if event.data is not None]
    expected = as_the_standard_says(stream)
    # Ids of control characters are none here.
    assert told == expected or (b"id" in stream and [each[:2] for each in told] == [each[:2] for each in expected])
