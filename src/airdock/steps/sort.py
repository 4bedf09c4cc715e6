import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, compile_expression
from airdock.formats.text import kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, ListOf, OneOf
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, ProducingStep
from airdock.steps.common.ordering import Work, by_comparator, by_keys
from airdock.steps.common.pace import Pace


class Sort(ProducingStep):
    """Sorts a list, which then is the body, or the property that `result` names.

    Items go by themselves, or by `by`: expressions that see the item as `body`, the first one first. What is equal
    stays in its order. Numbers are sorted as numbers, texts by their characters, false comes before true; items
    without a key come last, reversed or not. Keys of several kinds, such as a number and a text, are an error
    `sort.values`.

    With `comparator` an expression compares two items, `a` and `b`: true, or a number above 0, when `b` comes first.

    A value that is null is an empty list; one that is no list is an error `sort.values`.
    """

    type = "sort"
    group = "answer and data"
    example = {"type": "sort", "expression": "body.orders", "by": ["body.customer", "-body.amount"]}

    expression: Expression | None = field(ExpressionKind(), "The list; the body if left out.", example="body.orders")
    by: Expression | list[Expression] | None = field(
        OneOf((ExpressionKind(), ListOf(ExpressionKind(), 1))),
        "What the items go by: an expression, or several.",
        example=["body.customer", "-body.amount"],
    )
    reverse: bool = field(Boolean(), "The largest first.", default=False)
    comparator: Expression | None = field(
        ExpressionKind(), "Compares two items, `a` and `b`.", example="$length(a) > $length(b)"
    )

    @property
    def reads_body(self) -> bool:
        return self.expression is None

    def compile(self, compiler: Compiler) -> Compiled:
        order, store, clock = self._order(), self.store(), compiler.clock
        evaluate = self.expression.evaluate if self.expression is not None else _BODY.evaluate

        async def go_on(exchange: Exchange, items: list[Any], work: Work, pace: Pace) -> None:
            await asyncio.sleep(0)
            for _ in work:
                if pace.due():
                    await asyncio.sleep(0)
            store(exchange, items)

        def sort(exchange: Exchange) -> Awaitable[None] | None:
            items, pace = _list(evaluate(exchange)), Pace(clock)
            work = order(exchange, items)
            for _ in work:
                if pace.due():
                    return go_on(exchange, items, work, pace)
            store(exchange, items)
            return None

        return sort

    def _order(self) -> Callable[[Exchange, list[Any]], Work]:
        reverse, comparator = self.reverse, self.comparator
        if comparator is not None:
            return lambda exchange, items: by_comparator(exchange, items, comparator, reverse)
        keys = () if self.by is None else tuple(self.by) if isinstance(self.by, list) else (self.by,)
        return lambda exchange, items: by_keys(exchange, items, keys, reverse)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.by is not None and element.comparator is not None:
            return [("comparator", "a list goes by `by` or by `comparator`: keep one of the two")]
        return []


_BODY = compile_expression("body")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise FlowError("sort.values", f"what is to be sorted is {kind_of(value)}; it must be a list")
