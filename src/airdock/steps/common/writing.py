"""The content that `marshal` writes of items that come one by one."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.formats.format import UnwritableError, WriteItem
from airdock.streams import close_items, close_now

Items = Iterator[Any] | AsyncIterator[Any]


def unwritable(error: UnwritableError, name: str) -> FlowError:
    """The author's error of a value that the format of that name cannot hold."""
    return FlowError("marshal.value", f"The value cannot be written as {name}: {error}")


def written(items: Items, write: WriteItem, name: str) -> Items:
    """The content of items, one piece for each; it raises `unwritable`."""
    return _arriving(items, write, name) if isinstance(items, AsyncIterator) else _ready(items, write, name)


def _ready(items: Iterator[Any], write: WriteItem, name: str) -> Iterator[bytes]:
    try:
        for item in items:
            yield write(item)
    except UnwritableError as error:
        raise unwritable(error, name) from error
    finally:
        close_now(items)


async def _arriving(items: AsyncIterator[Any], write: WriteItem, name: str) -> AsyncIterator[bytes]:
    try:
        async for item in items:
            yield write(item)
    except UnwritableError as error:
        raise unwritable(error, name) from error
    finally:
        await close_items(items)
