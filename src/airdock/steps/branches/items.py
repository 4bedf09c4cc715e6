"""The items of a value, for steps that take them one by one: lists, single values, texts, streams."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from itertools import chain, islice, repeat
from typing import Any, NamedTuple

from airdock.copying import copy_value
from airdock.errors import FlowError
from airdock.formats.text import kind_of
from airdock.response import ABSENT
from airdock.streams import Stream, close_items, close_now


class Items(NamedTuple):
    """Items one after another.

    Attributes:
        each: The items, which are nobody else's. number: How many there are, where that is known.
    """

    each: Iterator[Any] | AsyncIterator[Any]
    number: int | None


Piece = tuple[Any, int, int | None, bool]
"""An item, its place from 0, the number of items where it is known, as it is for the last one, and whether it is that.

A plain tuple, as one is made for each of a million items.
"""


def items_of(value: Any, shared: bool, delimiter: str = "") -> Items:
    """The items of a value: of a list or another sequence of values, or the value itself; none of null.

    Args:
        shared: The value is part of a message, so that each item must be copied. delimiter: At which a text is cut.

    Raises:
        FlowError: `stream.used`; `step.value` for bytes where a text is to be cut.
    """
    if value is None:
        return Items(iter(()), 0)
    if isinstance(value, Stream):
        return Items(value.take(), None)
    if isinstance(value, list | tuple | set | frozenset):
        return Items(map(copy_value, value) if shared else iter(value), len(value))
    if isinstance(value, Iterator | AsyncIterator):
        return Items(value, None)
    if delimiter:
        return _cut(value, delimiter)
    return Items(iter((copy_value(value) if shared else value,)), 1)


def _cut(value: Any, delimiter: str) -> Items:
    if not isinstance(value, str):
        advice = "; `unmarshal` it first" if isinstance(value, bytes) else ""
        raise FlowError("step.value", f"{kind_of(value)} cannot be cut at a `delimiter`, only a text{advice}")
    size = value.count(delimiter) + (not value.endswith(delimiter)) if value else 0
    return Items(_parts(value, delimiter), size)


def _parts(text: str, delimiter: str) -> Iterator[str]:
    """The parts one by one, so that a large text is not there twice. Nothing comes behind a delimiter at the end."""
    start = 0
    while start < len(text):
        end = text.find(delimiter, start)
        if end < 0:
            end = len(text)
        yield text[start:end]
        start = end + len(delimiter)


def pieces(items: Items, skip: int = 0, group: int = 1, joint: str = "") -> Iterator[Piece] | AsyncIterator[Piece]:
    """The items with their places.

    Args:
        skip: So many at the beginning are left out. group: So many make one item: a list of them, or one text with
            `joint` between if that is given.
    """
    each, size = items
    if isinstance(each, AsyncIterator):
        return _arriving(each, _Shape(skip, group, joint))
    if size is None:
        return _unknown(each, _Shape(skip, group, joint))
    size = max(size - skip, 0)
    each = islice(each, skip, None) if skip else each
    if group > 1:
        size, each = -(-size // group), _grouped(each, group, joint)
    return zip(each, range(size), repeat(size), chain(repeat(False, size - 1), (True,)), strict=False)


def _grouped(each: Iterator[Any], group: int, joint: str) -> Iterator[Any]:
    while items := list(islice(each, group)):
        yield joint.join(items) if joint else items


class _Shape:
    """Pieces of items whose number nobody knows: each is held until the next is there, as one is the last."""

    def __init__(self, skip: int, group: int, joint: str) -> None:
        self._skip = skip
        self._group = group
        self._joint = joint
        self._members: list[Any] = []
        self._held: Any = ABSENT
        self._index = 0

    def take(self, item: Any) -> Piece | None:
        """Takes the next item; gives the piece that is then known not to be the last, if there is one."""
        if self._skip:
            self._skip -= 1
            return None
        if not self._members and self._held is not ABSENT:
            held, index = self._held, self._index
            self._index += 1
            self._held = ABSENT
            self._collect(item)
            return held, index, None, False
        self._collect(item)
        return None

    def _collect(self, item: Any) -> None:
        if self._group == 1:
            self._held = item
            return
        self._members.append(item)
        if len(self._members) == self._group:
            self._close()

    def _close(self) -> None:
        self._held = self._joint.join(self._members) if self._joint else self._members
        self._members = []

    def last(self) -> Piece | None:
        """The last one, if there is any."""
        if self._members:
            self._close()
        return None if self._held is ABSENT else (self._held, self._index, self._index + 1, True)


def _unknown(each: Iterator[Any], shape: _Shape) -> Iterator[Piece]:
    try:
        for item in each:
            piece = shape.take(item)
            if piece is not None:
                yield piece
        piece = shape.last()
        if piece is not None:
            yield piece
    finally:
        close_now(each)


async def _arriving(each: AsyncIterator[Any], shape: _Shape) -> AsyncGenerator[Piece, None]:
    try:
        async for item in each:
            piece = shape.take(item)
            if piece is not None:
                yield piece
        piece = shape.last()
        if piece is not None:
            yield piece
    finally:
        await close_items(each)
