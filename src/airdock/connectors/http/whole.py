"""An answer that is there as a whole."""

from collections.abc import AsyncIterator
from typing import Any

from airdock.errors import FlowError


class WholeAnswer:
    """What is given in place of an answer that is still on the wire; see `Received`."""

    __slots__ = ("_content", "headers", "status")

    def __init__(self, status: int, headers: dict[str, Any], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self._content = content

    async def read(self, most: int) -> bytes:
        if len(self._content) > most:
            raise too_large(most)
        return self._content

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        yield await self.read(most)

    def close(self) -> None:
        pass


def too_large(most: int) -> FlowError:
    """An answer is larger than a step takes."""
    return FlowError("connector.http.tooLarge", f"the answer is larger than {most} bytes: raise `maxSize`")
