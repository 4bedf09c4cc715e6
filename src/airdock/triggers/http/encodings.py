"""Bodies that were sent with a `Content-Encoding`."""

import zlib
from collections.abc import Iterator

from airdock.errors import FlowError
from airdock.formats.format import ContentError, TooLargeError
from airdock.formats.gzip import Gunzip

_GZIP = 31
_ZLIB = 15
_RAW = -15
# Each member of a gzip body costs a copy of the rest: without a bound a body of tiny ones would take minutes.
_MOST_MEMBERS = 16


def undo_encoding(data: bytes, encoding: str, limit: int) -> bytes:
    """The body as it was before `gzip` or `deflate`; an `identity` body as it is.

    Raises:
        FlowError: `request.encoding` for another encoding, `request.tooLarge` if more than `limit` bytes come out,
            `request.body` if the data is not of that encoding.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not data:
        return data
    if name not in ("gzip", "x-gzip", "deflate"):
        raise FlowError("request.encoding", "The body's content encoding is not accepted: send gzip, deflate or none.")
    try:
        return _inflate(data, _window(name, data), limit)
    except zlib.error as error:
        raise FlowError("request.body", f"The body is not {name} data.") from error


def _window(name: str, data: bytes) -> int:
    if name != "deflate":
        return _GZIP
    # Clients send "deflate" with and without the zlib header that the standard asks for.
    has_header = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return _ZLIB if has_header else _RAW


def _inflate(data: bytes, window: int, limit: int) -> bytes:
    whole = bytearray()
    for _ in range(_MOST_MEMBERS):
        inflate = zlib.decompressobj(window)
        # One byte more than allowed tells a body that is too large from one that just fits.
        whole += inflate.decompress(data, limit + 1 - len(whole))
        if len(whole) > limit:
            raise _too_large(limit)
        if not inflate.eof:
            raise FlowError("request.body", "The packed body ends too early.")
        data = inflate.unused_data
        if not data or window != _GZIP:
            return bytes(whole)
    raise FlowError("request.body", f"The packed body has more than {_MOST_MEMBERS} members.")


class Unpacking:
    """Undoes the encoding of a body that comes piece by piece, `gzip` or none."""

    def __init__(self, encoding: str, limit: int) -> None:
        """`encoding` is one that `can_unpack` takes."""
        name = encoding.strip().lower()
        self._limit = self._left = limit
        self._gunzip = Gunzip(limit) if name and name != "identity" else None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece gives.

        Raises:
            FlowError: `request.tooLarge` if more than the limit came out, `request.body` if it is not of the encoding.
        """
        if self._gunzip is None:
            self._left -= len(piece)
            if self._left < 0:
                raise _too_large(self._limit)
            yield piece
            return
        try:
            yield from self._gunzip.feed(piece)
        except TooLargeError as error:
            raise _too_large(self._limit) from error
        except ContentError as error:
            raise FlowError("request.body", f"The body is not gzip data: {error}.") from error

    def end(self) -> None:
        """There are no more pieces; raises what `feed` does."""
        if self._gunzip is not None:
            try:
                self._gunzip.end()
            except ContentError as error:
                raise FlowError("request.body", f"The body is not gzip data: {error}.") from error


def can_unpack(encoding: str) -> bool:
    """Whether `Unpacking` knows the encoding."""
    return encoding.strip().lower() in ("", "identity", "gzip", "x-gzip")


def _too_large(limit: int) -> FlowError:
    return FlowError("request.tooLarge", f"The body is larger than {limit} bytes when it is unpacked.")
