"""The content that `unmarshal` reads, as a whole or piece by piece."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.formats.format import ContentError, Feed, TooLargeError
from airdock.formats.text import kind_of
from airdock.streams import Stream, close_items, close_now

_PIECE = 64 * 1024


def body_content(exchange: Exchange) -> tuple[Any, str]:
    """The body as content, the request's as it came or what a step set, and the content type that belongs to it."""
    if exchange.body_set:
        return exchange.body, exchange.body_type
    return exchange.request.content, exchange.request.content_type


def as_content(data: Any, name: str) -> str | bytes:
    """Content that is as a whole at hand.

    Raises:
        FlowError: `unmarshal.content`, it is neither text nor bytes.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    if isinstance(data, str):
        return str(data)
    what = "a body that comes item by item: give `streaming`" if isinstance(data, Stream) else kind_of(data)
    raise FlowError("unmarshal.content", f"{name} is read from a text or bytes, not from {what}")


def told(error: ContentError, name: str) -> FlowError:
    """The author's error of content that does not fit the format of that name."""
    if isinstance(error, TooLargeError):
        return FlowError("unmarshal.tooLarge", f"The content is too large: {error}")
    return FlowError("unmarshal.content", f"The content is not {name}: {error}")


def stream_of(data: Any, feed: Feed, name: str) -> Stream:
    """The items of content, which is at hand or comes piece by piece itself; raises what `as_content` does."""
    pieces = data.take() if isinstance(data, Stream) else _cut(as_content(data, name))
    if isinstance(pieces, AsyncIterator):
        return Stream(arriving(pieces, feed, name))
    return Stream(_ready(pieces, feed, name))


def _cut(data: str | bytes) -> Iterator[str | bytes]:
    return (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))


def _ready(pieces: Iterator[Any], feed: Feed, name: str) -> Iterator[Any]:
    try:
        for piece in pieces:
            yield from feed.feed(as_content(piece, name))
        yield from feed.end()
    except ContentError as error:
        raise told(error, name) from error
    finally:
        close_now(pieces)


async def arriving(pieces: AsyncIterator[Any], feed: Feed, name: str) -> AsyncIterator[Any]:
    """The items of content that comes piece by piece, and must be waited for."""
    try:
        async for piece in pieces:
            for item in feed.feed(as_content(piece, name)):
                yield item
        for item in feed.end():
            yield item
    except ContentError as error:
        raise told(error, name) from error
    finally:
        await close_items(pieces)
