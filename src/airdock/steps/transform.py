from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, ProducingStep


class Transform(ProducingStep):
    """Computes a value: Camel's message translator.

    The value of the expression becomes the body, or the property that `result` names.
    """

    type = "transform"
    group = "answer and data"

    expression: Expression = field(
        ExpressionKind(),
        "JSONata expression.",
        default=REQUIRED,
        example='{"total": $sum(body.items.(price * quantity))}',
    )

    def compile(self, compiler: Compiler) -> Compiled:
        evaluate, store = self.expression.evaluate, self.store()

        def transform(exchange: Exchange) -> None:
            store(exchange, evaluate(exchange))

        return transform
