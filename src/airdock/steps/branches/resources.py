"""What comes from a resource, and how it becomes a part of the message."""

from collections.abc import Callable
from typing import Any

from airdock.branch import join
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Boolean, Flow, Module
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import ProducingStep
from airdock.steps.branches.gathering import STRATEGIES, check_strategy
from airdock.steps.common.values import check_one_flow

Take = Callable[[Exchange, Exchange, FlowError | None], None]
"""Has a message take what a resource has left in its exchange, or the error with which it failed."""


class EnrichingStep(ProducingStep):
    """A step that has another flow fetch something and adds that to the message."""

    flow: SubFlow | None = field(Flow(), "The resource: a flow in place.")
    module: str = field(Module((".flow",)), "Path of another flow.", default="", example="/shop/price.flow")
    aggregate: Expression | None = field(
        ExpressionKind(),
        "What the message and the resource's result make together: `latest` (the result), `list`, `object` (`original`"
        " and `resource`), `merge`, or an expression that sees the result as `resource`; `latest` if left out.",
        example='$merge([body, {"price": resource.body.amount}])',
    )
    aggregate_on_exception: bool = field(
        Boolean(),
        "Where the resource fails, `aggregate` is asked all the same, and finds the error in `resource.error`; else"
        " the step fails.",
        default=False,
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = [*check_one_flow(element), *check_strategy(element.aggregate, "resource")]
        aggregate = element.aggregate
        if element.aggregate_on_exception and (aggregate is None or aggregate.source.strip() in STRATEGIES):
            message = "needs an `aggregate` that is an expression and looks at `resource.error`"
            broken.append(("aggregateOnException", message))
        return broken


def taking(step: EnrichingStep) -> Take:
    """How the messages of a step take what came; raises FlowError: the resource's error, or that of `aggregate`."""
    store, path, on_error = step.store(), step.path, step.aggregate_on_exception
    make = _made_by(step.aggregate)

    def take(exchange: Exchange, branch: Exchange, error: FlowError | None) -> None:
        if error is not None:
            drop(exchange, branch, path)
            if not on_error:
                raise error
        else:
            join(exchange, branch, path)
        store(exchange, make(exchange, branch, error))

    return take


def drop(exchange: Exchange, branch: Exchange, path: str) -> None:
    """Takes over only the record of what a branch did, and nothing that it wrote."""
    branch.response.discard()
    join(exchange, branch, path)


def _made_by(aggregate: Expression | None) -> Callable[[Exchange, Exchange, FlowError | None], Any]:
    if aggregate is None:
        return lambda exchange, branch, error: branch.body
    strategy = STRATEGIES.get(aggregate.source.strip())
    if strategy is None:
        return lambda exchange, branch, error: _computed(aggregate, exchange, branch, error)

    def make(exchange: Exchange, branch: Exchange, error: FlowError | None) -> Any:
        gathered = strategy()
        gathered.add("original", 0, exchange, None)
        gathered.add("resource", 1, branch, None)
        return gathered.value(exchange)

    return make


def _computed(aggregate: Expression, exchange: Exchange, branch: Exchange, error: FlowError | None) -> Any:
    document = exchange.document
    document["resource"] = {
        "body": branch.body if error is None else None,
        "headers": branch.document.get("headers"),
        "properties": branch.properties,
        "error": None if error is None else error.as_document(),
    }
    try:
        return aggregate.evaluate(exchange)
    finally:
        del document["resource"]
