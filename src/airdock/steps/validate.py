from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.spec.fields import field
from airdock.spec.kinds import TEXT_TEMPLATE, JsonSchema, Module
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.streams import STREAM_READ, Stream
from airdock.validation import compile_schema, refuse_misfit

Check = Callable[[Exchange], None]
CODE = "validate.failed"


class Validate(Step):
    """Refuses a message that does not fit: Camel's validate, by a JSON Schema, by an expression, or by both.

    What fits goes on as it is. What does not is an error `validate.failed`, for an HTTP caller status 400; the error's
    `details.errors` is a list of sentences, at most ten, each with the place in the body that it speaks of
    (`"$.items[1]: …"`). The schema is looked at first and the expression only where it fits, so that the expression
    may rely on it. `message` replaces the text of the error; it may hold expressions, and the details stay.

    The body is checked as it stands. A text or bytes that hold JSON are not read for that: `unmarshal` them before.
    A flow's `input` does the same for the bodies of its requests, and shows the schema in the OpenAPI document.
    """

    type = "validate"
    group = "answer and data"
    example = {
        "type": "validate",
        "schema": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}},
        "expression": "$count(body.items) <= 100",
        "message": "an order has up to 100 items",
    }

    schema: Any = field(JsonSchema(), "JSON Schema of the body (draft 2020-12).", example={"type": "object"})
    module: str = field(
        Module((".json",)), "Path of a file with the schema, instead.", default="", example="/shop/order.schema.json"
    )
    expression: Expression | None = field(
        ExpressionKind(), "Must be true, by JSONata's rules.", example="body.amount > 0"
    )
    message: Template | None = field(
        TEXT_TEMPLATE, "The text of the error.", example="order ${body.id} needs a positive amount"
    )

    @property
    def reads_body(self) -> bool:
        return self.schema is not None or bool(self.module)

    def compile(self, compiler: Compiler) -> Compiled:
        checks = tuple(check for check in (self._by_schema(compiler), self._by_expression()) if check is not None)
        message = self.message

        def validate(exchange: Exchange) -> Awaitable[None] | None:
            try:
                for check in checks:
                    check(exchange)
            except FlowError as error:
                if message is None or error.code != CODE:
                    raise
                raise FlowError(CODE, message.text(exchange), details=error.details) from None
            return None

        return validate

    def _by_schema(self, compiler: Compiler) -> Check | None:
        schema = self._read_schema(compiler) if self.module else self.schema
        if schema is None:
            return None
        try:
            misfits = compile_schema(schema)
        except ValueError as error:
            raise self._no_schema(str(error)) from error

        def check(exchange: Exchange) -> None:
            body = exchange.body
            if isinstance(body, Stream):
                raise FlowError("step.value", f"a schema cannot be held against {STREAM_READ}")
            refuse_misfit(CODE, "the body", body, misfits, lambda: _came_as(body))

        return check

    def _by_expression(self) -> Check | None:
        expression = self.expression
        if expression is None:
            return None
        sentence = f"{expression.source[:200]} is not true"

        def check(exchange: Exchange) -> None:
            if not expression.test(exchange):
                raise FlowError(CODE, f"the message does not fit: {sentence}", details={"errors": [sentence]})

        return check

    def _read_schema(self, compiler: Compiler) -> Any:
        content = compiler.file(self.module, self.place_of("module"))
        try:
            schema = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._no_schema(f"it is not JSON: {error}") from error
        if not isinstance(schema, dict | bool):
            raise self._no_schema("it holds no object, nor true or false")
        return schema

    def _no_schema(self, reason: str) -> DescriptorError:
        where, name = (f"/{self.module}", "module") if self.module else ("this", "schema")
        message = f"{where} cannot be used as a JSON Schema: {reason[:300]}"
        return DescriptorError([Problem("descriptor.value", message, self.place_of(name))])

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if element.schema is not None and element.module:
            return [("module", "give `schema` (in place) or `module` (a file with it), one of the two")]
        if element.schema is None and not element.module and element.expression is None:
            return [("", "nothing to check by: give `schema`, `module` or `expression`")]
        return []


def _came_as(body: Any) -> str:
    """Why a body that looks right to its sender does not fit: most often nothing has read it yet."""
    return "; it is a text or bytes: `unmarshal` it first" if isinstance(body, str | bytes) else ""
