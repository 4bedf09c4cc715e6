"""Archives on their way: in pieces, and telling how far they are."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import httpx

PIECE = 64 * 1024
"""Bytes that are sent at once."""

Progress = Callable[[int, int], None]
"""Is told the bytes that are done and the bytes in all; 0 in all where that is not known."""


def pieces(content: bytes, progress: Progress | None = None) -> Iterator[bytes]:
    """The content, piece by piece. The progress is told when a piece was taken."""
    view = memoryview(content)
    for start in range(0, len(content), PIECE):
        yield bytes(view[start : start + PIECE])
        if progress is not None:
            progress(min(start + PIECE, len(content)), len(content))


def save(response: httpx.Response, target: BinaryIO, progress: Progress | None = None) -> int:
    """Writes an answer's body to a file as it comes; gives its size in bytes."""
    whole = int(response.headers.get("content-length", 0))
    done = 0
    for piece in response.iter_bytes(PIECE):
        target.write(piece)
        done += len(piece)
        if progress is not None:
            progress(done, whole)
    return done
