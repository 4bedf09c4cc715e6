"""Stores that are asked by HTTP: one question, one answer, at a public address unless others are allowed."""

import ssl
from typing import Any, NamedTuple

from airdock.connectors.file.spool import Spooled
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.carrier import NetworkCarrier
from airdock.connectors.http.pieces import Pieces
from airdock.errors import FlowError
from airdock.spec.connection import Opening

_LARGEST = 32 * 1024**2
"""Bytes of the largest answer that is no file."""


class Answered(NamedTuple):
    """What a store answered. `headers` have lower-case names."""

    status: int
    headers: dict[str, Any]
    content: bytes


class Asking:
    """Asks one store; redirects are not followed, so that what proves the caller goes nowhere else."""

    def __init__(self, opening: Opening, timeout: float, connections: int, context: ssl.SSLContext | None) -> None:
        tls = None if context is None else (context, context)
        self._carrier = NetworkCarrier(opening.name, opening.network, tls=tls, pool=connections, compressed=False)
        self._timeout = timeout

    async def close(self) -> None:
        await self._carrier.close()

    async def ask(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None = None, most: int = _LARGEST
    ) -> Answered:
        """Raises FlowError: `connector.unavailable`, `connector.timeout`, `connector.network`."""
        return await self._read(Sending(method, url, headers, body, self._timeout, own=True, most=most), most)

    async def send(self, method: str, url: str, headers: dict[str, str], content: Spooled) -> Answered:
        """Sends a large body; the store may take so long for each piece of it."""
        headers = {**headers, "Content-Length": str(content.size)}
        pieces = Pieces(content.pieces)
        return await self._read(Sending(method, url, headers, None, self._timeout, own=True, pieces=pieces), _LARGEST)

    async def part(self, url: str, headers: dict[str, str], offset: int, size: int) -> tuple[int, bytes]:
        """The status, and a part of what is there; also of a store that gives all of it when it is asked for a part."""
        headers = {**headers, "Range": f"bytes={offset}-{offset + size - 1}"}
        received = await self._carrier.send(Sending("GET", url, headers, None, self._timeout, own=True, stream=True))
        try:
            return received.status, await _part(received, 0 if received.status == 206 else offset, size)
        finally:
            received.close()

    async def _read(self, sending: Sending, most: int) -> Answered:
        received = await self._carrier.send(sending)
        try:
            return Answered(received.status, received.headers, await received.read(most))
        finally:
            received.close()


async def _part(received: Received, skip: int, size: int) -> bytes:
    if received.status not in (200, 206):
        return b""
    taken = bytearray()
    async for piece in received.pieces(2**63):
        if skip >= len(piece):
            skip -= len(piece)
            continue
        taken += piece[skip:]
        skip = 0
        if len(taken) >= size:
            break
    return bytes(taken[:size])


def words(answer: Answered) -> str:
    """The status, and how the answer begins."""
    text = " ".join(answer.content[:2000].decode("utf-8", "replace").split())[:200]
    return f"status {answer.status}" + (f": {text}" if text else "")


def failed(name: str, answer: Answered) -> FlowError:
    """An answer that is none of those that are expected."""
    return FlowError("connector.failed", f"{name}: {words(answer)}")
