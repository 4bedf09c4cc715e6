from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import field
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import REQUIRED, Compiled, Compiler, Step


class Output(Step):
    """Appends a message to the answer.

    What the `output` steps of a run wrote, in order, is the answer. A text is interpolated; an object or a list is
    written as JSON. The answer is `text/plain; charset=utf-8` unless a step set another content type.
    """

    type = "output"
    group = "answer and data"
    repeatable = False

    message: Template = field(
        TemplateKind(types=("string", "object", "array")),
        "What is written.",
        default=REQUIRED,
        example="Welcome ${request.query.name}",
    )

    def compile(self, compiler: Compiler) -> Compiled:
        message = self.message
        if message.constant and isinstance(message.value, str):
            text = message.value

            def write_constant(exchange: Exchange) -> None:
                exchange.response.parts.append(text)

            return write_constant

        def write(exchange: Exchange) -> None:
            exchange.response.parts.append(message.text(exchange))

        return write
