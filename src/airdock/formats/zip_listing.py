"""How many files a zip archive lists: counted before the library makes an object of each."""

from typing import BinaryIO

_ENTRY = b"PK\x01\x02"
_END, _END_SIZE = b"PK\x05\x06", 22
_LARGE_END, _LARGE_END_SIZE = b"PK\x06\x06", 56
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_COMMENT = 64 * 1024
_PIECE = 1024**2


def lists_more(archive: BinaryIO, most: int) -> bool:
    """Whether an archive lists more than `most` files. Where it has no list, the library says what is wrong.

    The list is looked for as the library does: what other readers take for it may be another one.
    """
    start, end = _listed(archive)
    archive.seek(start)
    count, before = 0, b""
    while count <= most and start < end and (piece := archive.read(min(_PIECE, end - start))):
        start += len(piece)
        count += (before + piece).count(_ENTRY)
        before = piece[1 - len(_ENTRY) :]
    return count > most


def _listed(archive: BinaryIO) -> tuple[int, int]:
    """Where the list begins and ends."""
    total = archive.seek(0, 2)
    start = max(total - _COMMENT - _END_SIZE - _LOCATOR_SIZE - _LARGE_END_SIZE, 0)
    archive.seek(start)
    tail = archive.read()
    end = len(tail) - _END_SIZE
    if end < 0 or not tail.startswith(_END, end) or not tail.endswith(b"\0\0"):
        end = tail.rfind(_END, max(end - _COMMENT, 0))
    if end < 0:
        return 0, 0
    size = int.from_bytes(tail[end + 12 : end + 16], "little")
    locator = end - _LOCATOR_SIZE
    large = locator - _LARGE_END_SIZE
    if large >= 0 and tail.startswith(_LARGE_END, large) and tail.startswith(_LOCATOR, locator):
        size, end = int.from_bytes(tail[large + 40 : large + 48], "little"), large
    return max(start + end - size, 0), start + end
