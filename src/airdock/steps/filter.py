from collections.abc import Awaitable

from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Steps
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed


class Filter(Step):
    """Runs its steps only for messages that an expression takes: Camel's message filter.

    The flow goes on behind the filter in any case, with the same message.
    """

    type = "filter"
    group = "routing"
    example = {
        "type": "filter",
        "expression": "body.amount > 100",
        "steps": [{"type": "log", "message": "a large order: ${body.id}"}],
    }

    expression: Expression | None = field(
        ExpressionKind(), "Which messages pass.", default=REQUIRED, example="body.amount > 100"
    )
    steps: list[Step] = field(Steps(), "What runs for those that pass.", default=REQUIRED)

    def compile(self, compiler: Compiler) -> Compiled:
        steps = compiler.block(self.steps)
        if self.expression is None:
            return steps
        test = self.expression.test

        def run(exchange: Exchange) -> Awaitable[None] | None:
            return steps(exchange) if test(exchange) else None

        return run

    def resumed(self, inside: Resuming) -> "Filter | None":
        rest = inside.rest(self.steps)
        return changed(self, expression=None, steps=rest) if rest else None
