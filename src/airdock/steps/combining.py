"""How many messages become one."""

from collections.abc import Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression

STRATEGIES = ("latest", "list", "object", "merge")

Items = list[tuple[str, Any]]
"""Bodies in order, each with the name that it has in an object."""

Combine = Callable[[Exchange, Items], Any]
"""The value of items. An expression reads their bodies as `body` of the exchange, which is changed."""


def combining(strategy: Expression | None) -> Combine:
    """What a strategy does: one of `STRATEGIES`, `list` if left out, or an expression.

    The callable raises FlowError `aggregate.merge` for something that is no object, and what the expression raises.
    """
    if strategy is None:
        return _list
    named = _NAMED.get(strategy.source.strip())
    return named if named is not None else _computed(strategy)


def is_named(strategy: Expression | None, name: str) -> bool:
    """Whether it is that one of `STRATEGIES`."""
    return strategy is not None and strategy.source.strip() == name


def mergeable(body: Any) -> dict[str, Any]:
    """The body, if it can be merged; raises FlowError `aggregate.merge`."""
    if not isinstance(body, dict):
        raise FlowError("aggregate.merge", f"only objects can be merged; the body is a {type(body).__name__}")
    return body


def _latest(exchange: Exchange, items: Items) -> Any:
    return items[-1][1] if items else None


def _list(exchange: Exchange, items: Items) -> Any:
    return [body for _, body in items]


def _object(exchange: Exchange, items: Items) -> Any:
    return dict(items)


def _merge(exchange: Exchange, items: Items) -> Any:
    merged: dict[str, Any] = {}
    for _, body in items:
        _merge_into(merged, mergeable(body))
    return merged


def _merge_into(merged: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in body.items():
        there = merged.get(name)
        if isinstance(there, dict) and isinstance(value, dict):
            merged[name] = copied = dict(there)
            _merge_into(copied, value)
        else:
            merged[name] = value


def _computed(expression: Expression) -> Combine:
    def combine(exchange: Exchange, items: Items) -> Any:
        exchange.body = [body for _, body in items]
        return expression.evaluate(exchange)

    return combine


_NAMED: dict[str, Combine] = {"latest": _latest, "list": _list, "object": _object, "merge": _merge}
