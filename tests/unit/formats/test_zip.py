import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import ContentError, TooLargeError
from airdock.formats.zip import ZipReading, ZipWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

NAMES = st.text(alphabet="abcä. -_", min_size=1, max_size=10).filter(lambda name: name not in (".", ".."))


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def contents(data: bytes, **options: Any) -> dict[str, Any]:
    return {file["name"]: file["content"] for file in read(ZipReading(**options), data)}


@given(st.dictionaries(NAMES, st.binary(max_size=100), max_size=4), st.integers(0, 9))
def test_what_is_written_is_read_back(files: dict[str, bytes], level: int) -> None:
    data = write(ZipWriting(level=level), files)
    assert data == write(ZipWriting(level=level), [{"name": name, "content": each} for name, each in files.items()])
    assert contents(data) == files


def test_files() -> None:
    data = write(ZipWriting(), {"a.csv": "n\n1\n", "folder/b.txt": "Grüße"})
    assert read(ZipReading(charset="utf-8", only=["*.csv"]), data) == [
        {"name": "a.csv", "modified": "1980-01-01T00:00:00", "content": "n\n1\n"}
    ]
    assert contents(archive({"folder/": b"", "folder/a": b"x"})) == {"folder/a": b"x"}
    assert read(ZipReading(), archive({})) == []
    assert content_type(ZipWriting(), {}) == "application/zip"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a zip file"),
        (b"PK\5\6" + b"\xff" * 18, ""),
        (archive({"a": b"abc" * 100})[:-30], "not a zip file"),
        (archive({"a": b"x"}, zipfile.ZIP_LZMA), "is packed in a way that is not read"),
        (archive({"a": b"abc"}, zipfile.ZIP_STORED).replace(b"abc", b"abd"), "the file 'a': Bad CRC-32"),
        (archive({"../a": b"x"}), "leads out of the archive"),
        (archive({"/a": b"x"}), "leads out"),
        (archive({"b/../../a": b"x"}), "leads out"),
        (archive({"c:/a": b"x"}), "leads out"),
    ],
)
def test_what_is_not_read(data: bytes, message: str) -> None:
    assert message in unreadable(ZipReading(), data)


def test_a_file_with_a_password_is_not_read() -> None:
    data = bytearray(archive({"a": b"x"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert "has a password" in unreadable(ZipReading(), bytes(data))


def test_bombs_are_refused() -> None:
    one = archive({"a": b"\0" * 20_000_000})
    many = archive({str(n): b"\0" * 200_000 for n in range(100)})
    options = ZipReading(max_size=1024**2)
    for data in (one, many):
        assert "more than `maxSize`, 1048576 bytes" in unreadable(options, data, error=TooLargeError)
    lying = bytearray(one)
    at = lying.index(b"PK\1\2")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    with pytest.raises(ContentError):
        read(options, bytes(lying))
    crowd = archive({str(n): b"" for n in range(1001)})
    assert "more than `maxEntries`, 1000 files" in unreadable(ZipReading(), crowd, error=TooLargeError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "the files are a list or an object, not a number"),
        ([{"name": "a"}], "file 0 is not an object with `name` and `content`"),
        ({"a": {}}, "zip packs a text or bytes, not an object"),
        ({"../a": "x"}, "a file cannot be called '../a'"),
        ({"\ud800": "x"}, "a file cannot be called"),
        ([{"name": "a", "content": ""}, {"name": "a", "content": ""}], "two files are called 'a'"),
        ({"": "x"}, ""),
    ],
)
def test_what_an_archive_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(ZipWriting(), value)
