"""Answers whose body is taken piece by piece."""

import asyncio
import sys
from collections.abc import AsyncIterator

from airdock.connectors.http.bodies import excerpt
from airdock.connectors.http.calls import Answer, Call, Received
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.retrying import status_error
from airdock.exchange import Exchange
from airdock.spec.connection import Link
from airdock.streams import Stream

_TOLD = 64 * 1024


async def streamed(exchange: Exchange, link: Link, call: Call, now: float) -> tuple[Answer, Stream]:
    """The head of an answer, and its body as a stream of bytes.

    The connection is used until the stream's end, or that of the run.

    Raises:
        FlowError: what `HttpClient.begin` raises; `connector.http.status`, the status is not expected.
    """
    use = link.use()
    client: HttpClient = await use.__aenter__()
    try:
        received, url = await client.begin(call)
        if received.status not in call.expected:
            content = await received.read(_TOLD)
            answer = Answer(received.status, received.headers, content, url)
            told = excerpt(content, answer.content_type)
            raise status_error(call.method, url, received.status, received.headers, told, now)
    except BaseException as error:
        await use.__aexit__(type(error), error, error.__traceback__)
        raise
    held = _Held(received, use)
    exchange.at_end(held, held.let_go)
    most = sys.maxsize if call.max_size is None else call.max_size
    return Answer(received.status, received.headers, b"", url), Stream(held.pieces(most))


class _Held:
    """An answer that is still on the wire, and the use of its connection."""

    def __init__(self, received: Received, use: object) -> None:
        self._received = received
        self._use: object | None = use
        self._leaving: asyncio.Task[None] | None = None

    async def pieces(self, most: int) -> AsyncIterator[bytes]:
        try:
            async for piece in self._received.pieces(most):
                yield piece
        finally:
            self.let_go()

    def let_go(self) -> None:
        use, self._use = self._use, None
        if use is not None:
            self._received.close()
            leave = use.__aexit__(None, None, None)  # type: ignore[attr-defined]
            self._leaving = asyncio.get_running_loop().create_task(leave)
