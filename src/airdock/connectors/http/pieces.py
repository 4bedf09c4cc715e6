"""Bodies of requests that are sent piece by piece, so that they need never be in memory as a whole."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.formats.text import kind_of
from airdock.streams import Stream, close_items

Items = Iterator[Any] | AsyncIterator[Any]


class Pieces:
    """A body that comes piece by piece, once.

    Attributes:
        taken: Reading has begun: it cannot be sent again. failure: Why reading ended before its end.
    """

    def __init__(self, begin: Callable[[], Items]) -> None:
        """`begin` gives the items, texts or bytes, when they are first needed; raises FlowError, as they do."""
        self._begin = begin
        self.taken = False
        self.failure: FlowError | None = None

    async def read(self) -> AsyncIterator[bytes]:
        """The pieces; raises FlowError `connector.http.body` for items that are neither texts nor bytes, and what the
        items raise."""
        self.taken = True
        try:
            items = self._begin()
            try:
                async for item in _each(items):
                    piece = _piece(item)
                    if piece:
                        yield piece
            finally:
                await close_items(items)
        except FlowError as error:
            self.failure = error
            raise

    async def whole(self) -> bytes:
        """All of them together."""
        return b"".join([piece async for piece in self.read()])

    async def watched(self, patience: asyncio.Timeout, seconds: float) -> AsyncIterator[bytes]:
        """The pieces; the patience ends where the service does not take one in so many seconds, or does not answer so
        long after the last one. How long a piece takes to come is the business of its source."""
        loop = asyncio.get_running_loop()
        # When the service has answered early, nobody waits any more.
        async for piece in self.read():
            with suppress(RuntimeError):
                patience.reschedule(loop.time() + seconds)
            yield piece
            with suppress(RuntimeError):
                patience.reschedule(None)
        with suppress(RuntimeError):
            patience.reschedule(loop.time() + seconds)


def pieces_of(stream: Stream) -> Pieces:
    """The pieces of a stream; raises FlowError `stream.used` where somebody has taken it, as an attempt before has."""
    if stream.taken:
        raise FlowError("stream.used", "the body came item by item and has been read, or sent, already: not again")
    return Pieces(stream.take)


def pieces_of_request(exchange: Exchange, most: int) -> Pieces:
    """The pieces of the request's body, as they come, up to so many bytes."""
    return Pieces(lambda: exchange.request.pieces(most))


async def _each(items: Items) -> AsyncIterator[Any]:
    if isinstance(items, AsyncIterator):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


def _piece(item: Any) -> bytes:
    if isinstance(item, bytes | bytearray | memoryview):
        return bytes(item)
    if isinstance(item, str):
        return item.encode("utf-8", "replace")
    message = f"the items of the body are texts or bytes, not {kind_of(item)}: `marshal` them before"
    raise FlowError("connector.http.body", message)
