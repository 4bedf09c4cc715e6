"""Parts of lists: how many at most, and where the next part begins."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

from litestar.params import QueryParameter

from airdock.api.shapes import Page

T = TypeVar("T")

MOST = 200
Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description="How many at most.")]
Cursor = Annotated[
    str | None, QueryParameter(max_length=500, description="The `next` of the part before; the first part without it.")
]


def page_of(items: Iterable[T], key: Callable[[T], str], limit: int, cursor: str | None) -> Page[T]:
    """A part of a list that is in memory, in the order of its keys; the cursor is the key of the last one shown."""
    wanted = sorted((item for item in items if cursor is None or key(item) > cursor), key=key)
    return cut(wanted, key, limit)


def cut(items: Sequence[T], key: Callable[[T], str], limit: int) -> Page[T]:
    """A part of a list of which at least one item more than `limit` was read, if there is one."""
    shown = list(items[:limit])
    return Page(shown, key(shown[-1]) if len(items) > limit else None)
