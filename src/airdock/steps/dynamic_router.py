from collections.abc import Awaitable, Iterator
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Integer
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.branches.addresses import ALLOW, DELIMITER, IGNORE_INVALID_ENDPOINTS, addresses, check_delimiter
from airdock.steps.branches.slips import in_turn
from airdock.steps.common.pace import Pace


class DynamicRouter(Step):
    """Asks an expression, after each flow that it ran, which flow comes next: Camel's dynamic router.

    Each flow works on the same exchange and goes on with what the one before has left. The expression is asked again
    until it gives nothing, or an empty text or list. It sees `slip.endpoint`, the path of the flow that ran last, which
    is missing at first, and `slip.count`, how many have run; flows see the same of themselves. It may name several
    flows at once: these run in turn, and then it is asked again. An error in a flow ends the step, and so does `stop`.

    An expression that never gives nothing is ended by `maxRounds`: asked once more, the step fails with
    `dynamicRouter.rounds`. A message reaches only flows of the flow's own project, or those that `allow` takes, by the
    rules of [recipientList](recipientList.md).
    """

    type = "dynamicRouter"
    group = "routing"
    example = {
        "type": "dynamicRouter",
        "expression": "slip.count = 0 ? '/shop/price.flow' : body.amount > 100 and slip.count < 2 ? '/shop/check.flow'",
    }

    expression: Expression = field(
        ExpressionKind(),
        "The path of the next flow, or several: a list of texts, or one text. Nothing, or an empty one, is the end.",
        default=REQUIRED,
        example="body.next",
    )
    delimiter: str | bool = DELIMITER
    ignore_invalid_endpoints: bool = IGNORE_INVALID_ENDPOINTS
    allow: list[str] = ALLOW
    max_rounds: int = field(
        Integer(1, 100_000), "So many times the expression may give flows for one message.", default=1000
    )

    def compile(self, compiler: Compiler) -> Compiled:
        named, clock, most = addresses(self, compiler), compiler.clock, self.max_rounds

        def flows(exchange: Exchange) -> Iterator[tuple[str, Compiled]]:
            for _ in range(most):
                following = named(exchange)
                if following is None:
                    return
                yield from following
            if named(exchange) is not None:
                raise FlowError("dynamicRouter.rounds", f"the expression gave flows {most} times, and gives more")

        def route(exchange: Exchange) -> Awaitable[None] | None:
            return in_turn(flows(exchange), exchange, Pace(clock))

        return route

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_delimiter(element)
