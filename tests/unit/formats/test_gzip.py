import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.gzip import Gunzip, GzipReading, GzipWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

PACKED = gzip.compress(b"abc", mtime=0)


@given(st.binary(max_size=300), st.integers(0, 9))
def test_what_is_written_is_read_back(data: bytes, level: int) -> None:
    assert read(GzipReading(), write(GzipWriting(level=level), data)) == data


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.integers(1, 40))
def test_members_follow_each_other_however_they_are_cut(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    gunzip = Gunzip(10_000)
    found = [out for at in range(0, len(packed), size) for out in gunzip.feed(packed[at : at + size])]
    assert b"".join([*found, *gunzip.end()]) == b"".join(members)


@pytest.mark.parametrize("size", [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1_000_000])
def test_large_content(size: int) -> None:
    assert read(GzipReading(), gzip.compress(b"x" * size)) == b"x" * size


def test_the_same_content_gives_the_same_bytes() -> None:
    assert write(GzipWriting(), "a text") == write(GzipWriting(), b"a text")
    assert content_type(GzipWriting(), "a") == "application/gzip"
    assert read(GzipReading(charset="utf-8"), write(GzipWriting(), "Grüße")) == "Grüße"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is empty"),
        (b"not gzip", "Error -3"),
        (PACKED[:-1], "it ends too early"),
        (PACKED[:-5] + b"\0" * 5, "Error -3"),
        (PACKED + b"rest", "Error -3"),
        (zlib.compress(b"abc"), "Error -3"),
    ],
)
def test_what_is_not_gzip(data: bytes, message: str) -> None:
    assert message in unreadable(GzipReading(), data)


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    message = "more than `maxSize`, 1048576 bytes, comes out"
    assert unreadable(GzipReading(max_size=1024**2), bomb, error=TooLargeError) == message
    many = gzip.compress(b"\0" * 100_000) * 20
    assert unreadable(GzipReading(max_size=1024**2), many, error=TooLargeError) == message


def test_a_flood_of_empty_members_is_refused() -> None:
    assert "members" in unreadable(GzipReading(), gzip.compress(b"") * 10_001, error=TooLargeError)


def test_only_content_is_packed() -> None:
    assert "gzip packs a text or bytes, not a list" in unwritable(GzipWriting(), [1])
    assert "not Unicode" in unwritable(GzipWriting(), "\ud800")
