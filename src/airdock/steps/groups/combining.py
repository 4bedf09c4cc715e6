"""How many messages become one."""

from collections.abc import Callable
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.steps.branches.gathering import merged_with

STRATEGIES = ("latest", "list", "object", "merge")

Items = list[tuple[str, Any]]
"""Bodies in order, each with the name that it has in an object."""

Combine = Callable[[Exchange, Items], Any]
"""The value of items. An expression reads their bodies as `body` of the exchange, which is changed."""


def combining(strategy: Expression | None) -> Combine:
    """What a strategy does: one of `STRATEGIES`, `list` if left out, or an expression.

    The callable raises FlowError: `step.value` for what cannot be merged, and what the expression raises.
    """
    if strategy is None:
        return _list
    named = _NAMED.get(strategy.source.strip())
    return named if named is not None else _computed(strategy)


def is_named(strategy: Expression | None, name: str) -> bool:
    """Whether it is that one of `STRATEGIES`."""
    return strategy is not None and strategy.source.strip() == name


def _latest(exchange: Exchange, items: Items) -> Any:
    return items[-1][1] if items else None


def _list(exchange: Exchange, items: Items) -> Any:
    return [body for _, body in items]


def _object(exchange: Exchange, items: Items) -> Any:
    return dict(items)


def _merge(exchange: Exchange, items: Items) -> Any:
    merged: Any = None
    for _, body in items:
        merged = merged_with(merged, body, "a body")
    return merged


def _computed(expression: Expression) -> Combine:
    def combine(exchange: Exchange, items: Items) -> Any:
        exchange.body = [body for _, body in items]
        return expression.evaluate(exchange)

    return combine


_NAMED: dict[str, Combine] = {"latest": _latest, "list": _list, "object": _object, "merge": _merge}
