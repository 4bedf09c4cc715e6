"""A body that comes item by item and is read once, so that it need never be in memory as a whole."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any

from airdock.errors import FlowError

STREAM_READ = "a body that comes item by item and only once: `split` it, or read it without streaming"
"""What to do about one, in the words of errors."""


class Stream:
    """Items that come one after another, to whoever takes them first.

    It is no list: it cannot be counted, copied, kept, or read by an expression. `split` and `loop` take its items.
    """

    __slots__ = ("_items", "_taken")

    def __init__(self, items: Iterable[Any] | AsyncIterable[Any]) -> None:
        """`items` raises `FlowError` where an item cannot be made, and then gives no more of them.

        Where making one must wait, it is an `AsyncIterable`. What it holds on to, it lets go when its iterator is
        closed (`close`, `aclose`): a generator does so in a `finally`.
        """
        self._items = items
        self._taken = False

    @property
    def taken(self) -> bool:
        """Somebody has taken the items."""
        return self._taken

    def take(self) -> Iterator[Any] | AsyncIterator[Any]:
        """The items. Who takes them closes the iterator (`close_items`), whether it came to their end or not.

        Raises:
            FlowError: `stream.used`, somebody has taken them before.
        """
        if self._taken:
            raise FlowError("stream.used", "the body came item by item, and its items have been read already")
        self._taken = True
        items = self._items
        self._items = ()
        return aiter(items) if isinstance(items, AsyncIterable) else iter(items)


def as_stream(value: Any) -> Any:
    """The value; an iterator, which could be gone through only once unnoticed, as a stream."""
    return Stream(value) if isinstance(value, Iterator | AsyncIterator) else value


async def close_items(items: Iterator[Any] | AsyncIterator[Any]) -> None:
    """Has an iterator let go what it holds on to, if there is a way to say so."""
    close = getattr(items, "aclose", None)
    if close is not None:
        await close()
    else:
        close_now(items)


def close_now(items: object) -> None:
    """The same for one that need not wait."""
    close = getattr(items, "close", None)
    if close is not None:
        close()


def refuse_stream(value: Any) -> None:
    """For what makes copies.

    Raises:
        FlowError: `stream.used`, the value is a stream.
    """
    if type(value) is Stream:
        raise FlowError(
            "stream.used", "the body comes item by item and can be read only once, so a second flow cannot have it, too"
        )
