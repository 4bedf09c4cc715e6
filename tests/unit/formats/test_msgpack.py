import datetime
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import ContentError, TooLargeError
from airdock.formats.msgpack import MsgpackReading, MsgpackWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert read(MsgpackReading(), write(MsgpackWriting(), value)) == value


@given(st.binary(max_size=50))
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    with suppress(ContentError):
        msgspec.json.encode(read(MsgpackReading(), data))


def test_names_and_times() -> None:
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    data = msgspec.msgpack.encode({1: "a", False: [{2.5: moment}], None: b"\xff"})
    assert read(MsgpackReading(), data) == {
        "1": "a",
        "false": [{"2.5": "2026-01-01T00:00:00+00:00"}],
        "null": b"\xff",
    }
    assert content_type(MsgpackWriting(), 1) == "application/vnd.msgpack"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "truncated"),
        (b"\x01\x02", "trailing"),
        (b"\xdd\xff\xff\xff\xff", "truncated"),
        (b"\xdf\xff\xff\xff\xff", "truncated"),
        (b"\xc6\xff\xff\xff\xff", "truncated"),
        (b"\xa1\xff", "utf"),
        (b"\xd6\x05\0\0\0\1", "extension type 5"),
        (b"\x81\x90\x01", "a name is a tuple"),
        (b"\xc1", ""),
    ],
)
def test_what_is_not_msgpack(data: bytes, message: str) -> None:
    assert message in unreadable(MsgpackReading(), data).lower()


@pytest.mark.parametrize("depth", [51, 1_000_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert "nested deeper" in unreadable(MsgpackReading(max_depth=50), b"\x91" * depth + b"\xc0", error=TooLargeError)


def test_what_msgpack_cannot_hold() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "nested too deeply" in unwritable(MsgpackWriting(), loop)
    assert "cannot hold" in unwritable(MsgpackWriting(), 2**64)
    assert "cannot hold" in unwritable(MsgpackWriting(), object())
