"""What is written, kept aside until all of it is there: in memory if it is small, else in a file without a name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from airdock.connectors.file.paths import Content, pieces_of

_IN_MEMORY = 1024**2
_PIECE = 256 * 1024


class Spooled:
    """The whole of it.

    Attributes:
        size: Bytes. file: What has it; for threads.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.size = size

    async def read(self, offset: int, size: int) -> bytes:
        """So many bytes from there on, fewer at the end."""

        def read() -> bytes:
            self.file.seek(offset)
            return self.file.read(size)

        return read() if self.size <= _IN_MEMORY else await asyncio.to_thread(read)

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it, piece by piece, from the beginning."""
        for offset in range(0, self.size, _PIECE):
            yield await self.read(offset, _PIECE)


@asynccontextmanager
async def spooled(content: Content) -> AsyncIterator[Spooled]:
    """Takes all of a content, which waits for no store meanwhile."""
    file: IO[bytes]
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        size = 0
        async for piece in pieces_of(content):
            size += len(piece)
            if size <= _IN_MEMORY:
                file.write(piece)
            else:
                await asyncio.to_thread(file.write, piece)
        file.seek(0)
        yield Spooled(file, size)
