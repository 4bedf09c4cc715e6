from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import field
from airdock.spec.kinds import Integer, MapOf
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.common.values import status_of


class Respond(Step):
    """Sets the status, the headers and the body of the answer.

    It may stand anywhere; the flow goes on and the last one wins. A `body` is the answer in place of what `output`
    steps write: a text as `text/plain`, bytes as `application/octet-stream`, anything else as JSON, unless
    `headers` set a content type.
    """

    type = "respond"
    group = "answer and data"

    status: Template | None = field(
        TemplateKind(types=("number", "string"), of=Integer(200, 599)),
        "HTTP status; 200 if no step sets one.",
        example=201,
    )
    headers: dict[str, Template] = field(
        MapOf(TemplateKind(types=("string", "number"))),
        "Header fields of the answer.",
        default={},
        example={"Location": "/services/flow/shop/orders/${body.id}"},
    )
    body: Template | None = field(TemplateKind(), "The body of the answer.", example={"id": "${body.id}"})

    def compile(self, compiler: Compiler) -> Compiled:
        status = status_of(self.status) if self.status is not None else None
        headers = tuple((name, value.text) for name, value in self.headers.items())
        body = self.body

        def respond(exchange: Exchange) -> None:
            response = exchange.response
            if status is not None:
                response.status = status(exchange)
            for name, text in headers:
                response.headers[name] = text(exchange)
            if body is not None:
                response.body = body.evaluate(exchange)

        return respond

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.status is None and element.body is None and not element.headers:
            return [("", "nothing to answer: give `status`, `headers` or `body`")]
        return []
