import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.steps.branches.items import items_of, pieces
from airdock.streams import Stream


class Piece(NamedTuple):
    item: Any
    place: int
    size: int | None
    last: bool


def split(value: Any, delimiter: str = "", **options: Any) -> list[Piece]:
    found = pieces(items_of(value, True, delimiter), **options)
    if not isinstance(found, AsyncIterator):
        return [Piece(*piece) for piece in found]

    async def collected() -> list[Piece]:
        return [Piece(*piece) async for piece in found]

    return asyncio.run(collected())


async def arriving(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, []),
        ([], []),
        ([1, None], [1, None]),
        ((1, 2), [1, 2]),
        ({"a": 1}, [{"a": 1}]),
        (5, [5]),
        (0, [0]),
        ("a,b", ["a,b"]),
        ("", [""]),
        (b"ab", [b"ab"]),
        (Stream([1, 2]), [1, 2]),
        (iter([1, 2]), [1, 2]),
    ],
)
def test_any_value_has_items(value: Any, expected: list[Any]) -> None:
    assert [piece.item for piece in split(value)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("\n", [""]), ("\na", ["", "a"])],
)
def test_a_text_is_cut(text: str, expected: list[str]) -> None:
    found = split(text, "\n")
    assert [piece.item for piece in found] == expected
    assert all(piece.size == len(expected) for piece in found)


def test_only_a_text_is_cut() -> None:
    with pytest.raises(FlowError, match="`unmarshal` it first"):
        items_of(b"a\nb", False, "\n")
    with pytest.raises(FlowError, match="a number cannot be cut"):
        items_of(5, False, "\n")
    assert [piece.item for piece in split(["a\nb"], "\n")] == ["a\nb"]


def test_an_item_of_a_message_is_copied_when_it_is_taken() -> None:
    message = [{"a": 1}]
    (piece,) = split(message)
    piece.item["a"] = 2
    assert message == [{"a": 1}]


def test_a_group_of_a_text_is_a_text() -> None:
    assert [piece.item for piece in split("a,b,c", ",", group=2, joint=",")] == ["a,b", "c"]


def test_a_stream_is_taken_once_and_closed() -> None:
    closed = []

    def source() -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            closed.append(True)

    stream = Stream(source())
    found = pieces(items_of(stream, False))
    assert not isinstance(found, AsyncIterator)
    assert next(found) == (0, 0, None, False)
    found.close()  # type: ignore[attr-defined]
    assert closed == [True]
    with pytest.raises(FlowError, match="read already"):
        items_of(stream, False)


@given(st.integers(0, 12), st.integers(0, 3), st.integers(1, 5))
def test_every_kind_of_source_gives_the_same_pieces(number: int, skip: int, group: int) -> None:
    items = list(range(number))
    known = split(items, skip=skip, group=group)
    left = items[skip:]
    grouped: list[Any] = [left[at : at + group] for at in range(0, len(left), group)] if group > 1 else left
    assert known == [Piece(item, at, len(grouped), at + 1 == len(grouped)) for at, item in enumerate(grouped)]
    streamed = [piece._replace(size=piece.size if piece.last else None) for piece in known]
    assert split(Stream(items), skip=skip, group=group) == streamed
    assert split(Stream(arriving(items)), skip=skip, group=group) == streamed
