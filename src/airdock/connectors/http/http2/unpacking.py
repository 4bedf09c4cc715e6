"""Unpacking of answers (`Content-Encoding`), within a bound."""

import zlib
from collections.abc import AsyncIterator, Iterator

from airdock.connectors.http.whole import too_large
from airdock.errors import FlowError

PACKED = ("gzip", "x-gzip", "deflate")
_PIECE = 256 * 1024


async def unpacked(pieces: AsyncIterator[bytes], encoding: str, most: int) -> AsyncIterator[bytes]:
    """The pieces as they were before they were packed; as they are, where the encoding is none of `PACKED`.

    Raises:
        FlowError: `connector.http.tooLarge`, there are more than `most` bytes; `connector.http.response`, they are not
            packed so.
    """
    unpacker = _Unpacker(encoding.strip().lower())
    taken = 0
    async for piece in pieces:
        for each in unpacker.feed(piece):
            taken += len(each)
            if taken > most:
                raise too_large(most)
            yield each
    unpacker.end()


class _Unpacker:
    def __init__(self, encoding: str) -> None:
        self._packed = encoding in PACKED
        self._deflate = encoding == "deflate"
        self._inflating = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if not self._packed:
            yield piece
            return
        if not self._begun and self._deflate and piece and piece[0] & 0x0F != 8:
            # Some send it without the head that the standard wants.
            self._inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        self._begun = self._begun or bool(piece)
        try:
            while piece:
                yield self._inflating.decompress(piece, _PIECE)
                piece = self._inflating.unconsumed_tail
        except zlib.error as error:
            raise _broken() from error

    def end(self) -> None:
        if self._packed and self._begun and not self._inflating.eof:
            raise _broken()


def _broken() -> FlowError:
    return FlowError("connector.http.response", "the answer is not packed as its head says")
