"""Sorting of lists by expressions, piece by piece, so that others can run meanwhile."""

import datetime
import decimal
from collections.abc import Callable, Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.expressions.expression import counts_as_true
from airdock.formats.text import kind_of

Work = Iterator[None]
"""Sorts a list in place; it is done when the iterator ends, which gives its turns to others."""

_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    decimal.Decimal: "a number",
    str: "a text",
    datetime.datetime: "a date with a time",
    datetime.date: "a date",
    datetime.time: "a time",
}


def by_keys(exchange: Exchange, items: list[Any], keys: tuple[Expression, ...], reverse: bool) -> Work:
    """Sorts by expressions that see the item as `body`, the first one first; by the items themselves if none is given.

    Items without a key come last. The iterator raises FlowError `sort.values`.
    """
    order = list(range(len(items)))
    for key in reversed(keys) if keys else (None,):
        column: list[Any] = items if key is None else []
        if key is not None:
            evaluate = _reader(exchange, key)
            for item in items:
                column.append(evaluate(body=item))
                yield
        _check(column)
        present = [place for place in order if column[place] is not None]
        absent = [place for place in order if column[place] is None]
        try:
            present.sort(key=column.__getitem__, reverse=reverse)
        except TypeError as error:
            raise FlowError("sort.values", f"the keys have no order among each other: {error}") from error
        order = present + absent
    items[:] = [items[place] for place in order]


def _check(column: list[Any]) -> None:
    first = ""
    for value in column:
        if value is None:
            continue
        kind = _KINDS.get(type(value))
        if kind is None:
            raise FlowError("sort.values", f"a key is {kind_of(value)}, which has no order")
        if first and kind != first:
            raise FlowError("sort.values", f"a key is {kind} and another is {first}; make them all of one kind")
        first = kind


def by_comparator(exchange: Exchange, items: list[Any], comparator: Expression, reverse: bool) -> Work:
    """Sorts by an expression that sees `a` and `b`: true, or above 0, when `b` comes first.

    What is equal stays in its order. The iterator raises what evaluating raises.
    """
    evaluate = _reader(exchange, comparator)

    def behind(left: Any, right: Any) -> bool:
        value = evaluate(a=right, b=left) if reverse else evaluate(a=left, b=right)
        return value > 0 if isinstance(value, int | float) else counts_as_true(value)

    width = 1
    while width < len(items):
        for low in range(0, len(items), 2 * width):
            left, right = items[low : low + width], items[low + width : low + 2 * width]
            yield from _merge(left, right, items, low, behind)
        width *= 2


def _merge(
    left: list[Any], right: list[Any], target: list[Any], place: int, behind: Callable[[Any, Any], bool]
) -> Iterator[None]:
    first = second = 0
    while first < len(left) and second < len(right):
        if behind(left[first], right[second]):
            target[place] = right[second]
            second += 1
        else:
            target[place] = left[first]
            first += 1
        place += 1
        yield
    rest = left[first:] or right[second:]
    target[place : place + len(rest)] = rest


def _reader(exchange: Exchange, expression: Expression) -> Callable[..., Any]:
    """Evaluates the expression on the message with other values of some parts."""
    for part in expression.needs:
        exchange.need(part)
    document = exchange.document.copy()

    def evaluate(**parts: Any) -> Any:
        document.update(parts)
        return expression.evaluate_document(document)

    return evaluate
