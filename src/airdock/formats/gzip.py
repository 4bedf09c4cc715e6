"""Gzip."""

import zlib
from collections.abc import Iterator
from typing import Any

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, TooLargeError, Write, Writing
from airdock.formats.text import TEXT_CHARSET, bytes_of, charset_field, check_charset, content_of, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer, Size

TYPE = "application/gzip"
_WINDOW = 31
_PIECE = 64 * 1024
# Each member costs the copy of what is left of a piece: without a bound a body of tiny ones would take minutes.
_MOST_MEMBERS = 10_000


class GzipReading(Reading):
    """Gzip becomes the bytes that were packed; of several members, one after the other."""

    slow = True

    streaming: bool = field(
        Boolean(),
        "What is unpacked is not put together: the body is pieces of it, for another `unmarshal` with `streaming`.",
        default=False,
    )
    charset: str = charset_field(TEXT_CHARSET)
    max_size: int = field(Size(), "More than this may not come out.", default=64 * 1024**2, unit="bytes")

    def compile(self, file: ReadFile) -> Read:
        charset, limit = self.charset, self.max_size

        def read(data: str | bytes, content_type: str) -> str | bytes:
            packed = bytes_of(data)
            gunzip = Gunzip(limit)
            pieces = [out for at in range(0, len(packed), _PIECE) for out in gunzip.feed(packed[at : at + _PIECE])]
            whole = b"".join((*pieces, *gunzip.end()))
            return text_of(whole, "", charset) if charset else whole

        return read

    def feed(self, content_type: str) -> "Gunzip":
        return Gunzip(self.max_size)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = check_charset(element)
        if element.streaming and element.charset:
            problems.append(("charset", "`charset` is for the step that reads the pieces: `streaming` gives bytes"))
        return problems


class Gunzip:
    """Unpacks piece by piece, within a limit of what comes out."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        self._members = 0
        self._inflate: Any = None

    def feed(self, piece: bytes | str) -> Iterator[bytes]:
        packed = bytes_of(piece)
        while packed:
            if self._inflate is None:
                self._begin()
            try:
                yield from self._inflated(packed)
            except zlib.error as error:
                raise ContentError(str(error)) from error
            packed = b""
            if self._inflate.eof:
                packed, self._inflate = self._inflate.unused_data, None

    def _begin(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise TooLargeError(f"it has more than {_MOST_MEMBERS:,} members")
        self._inflate = zlib.decompressobj(_WINDOW)

    def _inflated(self, piece: bytes) -> Iterator[bytes]:
        out = b"\0" * _PIECE
        # As long as a piece comes out whole there may be more of it, even where all was fed.
        while not self._inflate.eof and (piece or len(out) == _PIECE):
            out = self._inflate.decompress(piece, _PIECE)
            self._left -= len(out)
            if self._left < 0:
                raise TooLargeError(f"more than `maxSize`, {self._limit} bytes, comes out")
            if out:
                yield out
            piece = self._inflate.unconsumed_tail

    def end(self) -> Iterator[bytes]:
        if self._inflate is not None or not self._members:
            raise ContentError("it ends too early" if self._members else "it is empty")
        return iter(())


class GzipWriting(Writing):
    """A text (as UTF-8) or bytes become gzip, of type `application/gzip`; the same content gives the same bytes."""

    slow = True

    level: int = field(Integer(0, 9), "How hard it packs: 1 is fast, 9 is small.", default=6)

    def compile(self, file: ReadFile) -> Write:
        level = self.level

        def write(value: Any) -> tuple[bytes, str]:
            deflate = zlib.compressobj(level, zlib.DEFLATED, _WINDOW)
            return deflate.compress(content_of(value, "gzip")) + deflate.flush(), TYPE

        return write


FORMAT = Format("gzip", GzipReading, GzipWriting)
