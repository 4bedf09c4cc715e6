import io
import struct
import zipfile

import pytest

from airdock.formats.zip_listing import lists_more


def archive(files: int, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(files):
            # What is in a file is no list of files.
            made.writestr(str(number), b"PK\x01\x02" * 10)
        made.comment = comment
    return out.getvalue()


def with_large_end(files: int) -> bytes:
    """As writers end archives of any size, whose usual end says nothing then."""
    plain = archive(files)
    end = len(plain) - 22
    size, offset = struct.unpack("<LL", plain[end + 12 : end + 20])
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, files, files, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return plain[:end] + large + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)


def with_false_end(files: int) -> bytes:
    """The counts of files, which nobody needs, look like another end."""
    plain = bytearray(archive(files))
    plain[-14:-10] = b"PK\x05\x06"
    return bytes(plain)


@pytest.mark.parametrize(
    "content",
    [
        archive(7),
        archive(7, b"with a comment"),
        archive(7, b"PK" * 32_000),
        b"something in front" + archive(7),
        with_large_end(7),
        with_false_end(7),
    ],
)
def test_what_the_library_would_list_is_counted(content: bytes) -> None:
    assert len(zipfile.ZipFile(io.BytesIO(content)).infolist()) == 7
    assert lists_more(io.BytesIO(content), 6)
    assert not lists_more(io.BytesIO(content), 7)


def test_a_list_of_several_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.formats.zip_listing._PIECE", 5)
    assert lists_more(io.BytesIO(archive(7)), 6)
    assert not lists_more(io.BytesIO(archive(7)), 7)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"PK\x01\x02" * 50, archive(3)[:-30]])
def test_what_has_no_list(content: bytes) -> None:
    assert not lists_more(io.BytesIO(content), 1)
