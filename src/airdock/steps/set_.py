from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import field
from airdock.spec.kinds import MapOf
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Step


class Set(Step):
    """Sets the body, headers of the message and exchange properties.

    Properties are set first, then headers, then the body, so that each may use the ones before. The headers are the
    message's own, which later steps send on; those of the answer are set by `respond`.
    """

    type = "set"
    group = "answer and data"

    body: Template | None = field(TemplateKind(), "The new body.", example={"total": "${body.price * body.quantity}"})
    headers: dict[str, Template] = field(
        MapOf(TemplateKind()), "Headers of the message.", default={}, example={"priority": "high"}
    )

    def compile(self, compiler: Compiler) -> Compiled:
        headers = tuple((name, value.evaluate) for name, value in self.headers.items())
        body = self.body

        def set_message(exchange: Exchange) -> None:
            for name, value in headers:
                exchange.headers[name] = value(exchange)
            if body is not None:
                exchange.body = body.evaluate(exchange)

        return set_message

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.body is None and not element.headers and not element.properties:
            return [("", "nothing to set: give `body`, `headers` or `properties`")]
        return []
