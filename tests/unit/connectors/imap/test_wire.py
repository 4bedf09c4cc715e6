import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.connectors.imap.wire import Response, TooLong, Wire, WireError


def read(data: bytes, most: int = 100) -> list[Response]:
    """All responses in some bytes; the end must be at the end of one."""

    async def main() -> list[Response]:
        reader = asyncio.StreamReader(limit=1000)
        reader.feed_data(data)
        reader.feed_eof()
        wire, found = Wire(reader, most), []
        while not reader.at_eof():
            found.append(await wire.read())
        return found

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"+ go on", Response("+", "", text="go on")),
        (b"+", Response("+", "")),
        (b"A1 OK [READ-WRITE] done", Response("A1", "OK", code="READ-WRITE", text="done")),
        (b"A1 ok", Response("A1", "OK")),
        (b"A1 NO [nonexistent] no {5}", Response("A1", "NO", code="NONEXISTENT", text="no {5}")),
        (b"* OK [UIDNEXT 5] next", Response("*", "OK", code="UIDNEXT", details="5", text="next")),
        (b"* BYE", Response("*", "BYE")),
        (b"* 3 EXISTS", Response("*", "EXISTS", 3)),
        (b"* SEARCH", Response("*", "SEARCH")),
        (b"* SEARCH 1 22", Response("*", "SEARCH", values=(b"1", b"22"))),
        (b'* LIST (\\A \\B) "/" "a \\"b\\""', Response("*", "LIST", values=([b"\\A", b"\\B"], b"/", b'a "b"'))),
        (b'* LIST () NIL "NIL"', Response("*", "LIST", values=([], None, b"NIL"))),
        (
            b"* 1 FETCH (UID 7 BODY[HEADER]<0> {3}\r\na\r\n FLAGS ())",
            Response("*", "FETCH", 1, ([b"UID", b"7", b"BODY[HEADER]<0>", b"a\r\n", b"FLAGS", []],)),
        ),
        (b"* 1 FETCH (BODY[] {0}\r\n)", Response("*", "FETCH", 1, ([b"BODY[]", b""],))),
        (b"* 1 FETCH (BODY[] ~{2}\r\n()x)", Response("*", "FETCH", 1, ([b"BODY[]", b"()", b"x"],))),
    ],
)
def test_responses(line: bytes, expected: Response) -> None:
    assert read(line + b"\r\n") == [expected]


def test_a_literal_that_is_too_long_is_passed_over() -> None:
    first, second = read(b"* 1 FETCH (BODY[] {101}\r\n" + b"(" * 101 + b" UID 7)\r\n* 2 EXISTS\r\n")
    assert first.values == ([b"BODY[]", TooLong(101), b"UID", b"7"],)
    assert second.kind == "EXISTS"


@pytest.mark.parametrize(
    "line",
    [b"* (", b"* X )", b"* X ((", b'* X "a', b"*", b"* ()", b"* X " + b"(" * 60 + b")" * 60, b"* " + b"x" * 2000],
)
def test_what_is_no_response(line: bytes) -> None:
    with pytest.raises(WireError):
        read(line + b"\r\n")


@pytest.mark.parametrize("data", [b"* OK", b"* 1 FETCH (BODY[] {5}\r\nab", b"* X {5}\r\nabcde"])
def test_a_connection_that_ends_within_a_response(data: bytes) -> None:
    with pytest.raises(EOFError):
        read(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read(data)
    except (WireError, EOFError):
        return


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.binary(max_size=20) | st.none(), lambda inner: st.lists(inner, max_size=4), max_leaves=10
)


def written(value: Any) -> bytes:
    if value is None:
        return b"NIL"
    if isinstance(value, list):
        return b"(" + b" ".join(map(written, value)) + b")"
    return b"{%d}\r\n%b" % (len(value), value)


@given(st.lists(VALUES, max_size=4))
def test_values_come_back_as_they_were_written(values: list[Any]) -> None:
    (found,) = read(b"* X " + b" ".join(map(written, values)) + b"\r\n")
    assert list(found.values) == values
