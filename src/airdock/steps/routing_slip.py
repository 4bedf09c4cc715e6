from collections.abc import Awaitable
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.branches.addresses import (
    ALLOW,
    DELIMITER,
    EXPRESSION,
    IGNORE_INVALID_ENDPOINTS,
    addresses,
    check_delimiter,
)
from airdock.steps.branches.slips import in_turn
from airdock.steps.common.pace import Pace


class RoutingSlip(Step):
    """Takes the message through flows one after another, in an order that the message brings: Camel's routing slip.

    The slip is computed once, when the message comes to the step; what the flows change does not change it. Each flow
    works on the same exchange and goes on with what the one before has left, as steps of one flow would. An error in
    one ends the slip, and so does `stop`. While a flow runs, `slip.endpoint` is its path and `slip.count` how many have
    begun, itself included.

    A message reaches only flows of the flow's own project, or those that `allow` takes; all that it names is looked up
    before the first flow runs, by the rules of [recipientList](recipientList.md). Where the next flow depends on what
    the one before did, use [dynamicRouter](dynamicRouter.md).
    """

    type = "routingSlip"
    group = "routing"
    example = {"type": "routingSlip", "expression": "properties.slip", "allow": ["/shop/stages/*.flow"]}

    expression: Expression = EXPRESSION
    delimiter: str | bool = DELIMITER
    ignore_invalid_endpoints: bool = IGNORE_INVALID_ENDPOINTS
    allow: list[str] = ALLOW

    def compile(self, compiler: Compiler) -> Compiled:
        named, clock = addresses(self, compiler), compiler.clock

        def route(exchange: Exchange) -> Awaitable[None] | None:
            return in_turn(iter(named(exchange) or ()), exchange, Pace(clock))

        return route

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_delimiter(element)
