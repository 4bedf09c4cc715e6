"""Lists of the API: page by page on the wire, one by one for the caller."""

from collections.abc import Iterator
from typing import Any, TypeVar

from airdock.api.shapes import Page
from airdock.client.transport import Transport

T = TypeVar("T")

SIZE = 200
"""Items that are asked for at once; the API gives no more."""


def items(transport: Transport, type: type[T], path: str, *, limit: int | None = None, **query: Any) -> Iterator[T]:
    """The items of a list, `limit` of them at most. A page is fetched when its first item is asked for."""
    left, cursor = limit, None
    while left is None or left > 0:
        size = SIZE if left is None else min(left, SIZE)
        page = transport.read(Page[type], path, limit=size, cursor=cursor, **query)  # type: ignore[valid-type]
        found = page.items if left is None else page.items[:left]
        yield from found
        left, cursor = None if left is None else left - len(found), page.next
        if cursor is None:
            return
