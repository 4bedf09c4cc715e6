"""Values with `${...}` in their texts: the texts of steps, and whole objects and lists of such texts."""

from collections.abc import Callable
from typing import Any

from airdock.copying import copy_value
from airdock.exchange import Exchange
from airdock.expressions.expression import Expression, compile_expression
from airdock.expressions.limits import DEFAULT_LIMITS, Limits
from airdock.expressions.problems import ExpressionSyntaxError
from airdock.expressions.scanner import pieces
from airdock.expressions.text import render_text

Make = Callable[[Exchange], Any]
Pointer = tuple[str | int, ...]
_MAX_DEPTH = 200


class Template:
    """A value that is made anew for each exchange.

    A text that is one `${...}` and nothing else gives the expression's value with its type; in a longer text a missing
    value is empty and others are written as `render_text` does. Keys of objects are literal.

    Attributes:
        constant: It has no expression.
        value: The value, if it is constant; to be read, not changed.
        written: The value as its author wrote it; to be read, not changed.
        expressions: Those in its texts.
        parts: Of a text with expressions: what is written and the expressions, in order; else empty.
        needs: The parts of `airdock.exchange.FILL` that its expressions read.
        evaluate: The value for an exchange; nothing in it is shared with the message or with another evaluation.
            Raises FlowError: `expression.type` or `expression.limit`, or what filling a part raises.
        text: The same as a text: an object or a list as JSON. Raises FlowError as `evaluate`.
    """

    __slots__ = ("constant", "evaluate", "expressions", "needs", "parts", "text", "value", "written")

    def __init__(self, value: Any, limits: Limits = DEFAULT_LIMITS) -> None:
        compiler = _Compiler(limits)
        self.written = value
        self.value, make = compiler.compile(value, ())
        self.constant = make is None
        self.expressions = tuple(compiler.expressions)
        self.parts: tuple[str | Expression, ...] = tuple(compiler.parts) if isinstance(value, str) else ()
        self.needs = frozenset[str]().union(*(expression.needs for expression in self.expressions))
        self.evaluate: Make = make if make is not None else _constant(self.value)
        self.text: Callable[[Exchange], str] = self._text_maker()

    def _text_maker(self) -> Callable[[Exchange], str]:
        if self.constant:
            text = render_text(self.value)
            return lambda exchange: text
        evaluate = self.evaluate
        return lambda exchange: render_text(evaluate(exchange))


def compile_template(value: Any, limits: Limits = DEFAULT_LIMITS) -> Template:
    """The template of a JSON value.

    Raises:
        ExpressionSyntaxError: an expression in it does not compile or is not closed; `pointer` and `offset` say where.
    """
    return Template(value, limits)


class _Compiler:
    """Compiles a value into itself (if constant) and the function that makes it (else)."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.expressions: list[Expression] = []
        self.parts: list[str | Expression] = []

    def compile(self, value: Any, pointer: Pointer) -> tuple[Any, Make | None]:
        if len(pointer) > _MAX_DEPTH:
            raise ExpressionSyntaxError(f"the value is nested deeper than {_MAX_DEPTH} levels", 0, pointer)
        if isinstance(value, str):
            return self._text(value, pointer)
        if isinstance(value, dict):
            return self._object(value, pointer)
        if isinstance(value, (list, tuple)):
            return self._list(value, pointer)
        return value, None

    def _text(self, text: str, pointer: Pointer) -> tuple[Any, Make | None]:
        if "$" not in text:
            return text, None
        try:
            parts = [self._part(piece.text, piece.expression, piece.start) for piece in pieces(text)]
        except ExpressionSyntaxError as error:
            raise ExpressionSyntaxError(error.message, error.offset, pointer) from None
        literals = [part for part in parts if isinstance(part, str)]
        if len(literals) == len(parts):
            return "".join(literals), None
        self.parts, first = parts, parts[0]
        if len(parts) == 1 and isinstance(first, Expression):
            return None, first.evaluate
        return None, _joined([part if isinstance(part, str) else part.evaluate for part in parts])

    def _part(self, text: str, expression: bool, start: int) -> str | Expression:
        if not expression:
            return text
        try:
            compiled = compile_expression(text, self.limits)
        except ExpressionSyntaxError as error:
            raise ExpressionSyntaxError(error.message, start + error.offset) from None
        self.expressions.append(compiled)
        return compiled

    def _object(self, value: dict[str, Any], pointer: Pointer) -> tuple[Any, Make | None]:
        fields = [(key, *self.compile(each, (*pointer, key))) for key, each in value.items()]
        if all(make is None for _, _, make in fields):
            return {key: each for key, each, _ in fields}, None
        makers = [(key, make or _constant(each)) for key, each, make in fields]
        return None, lambda exchange: {key: make(exchange) for key, make in makers}

    def _list(self, value: list[Any] | tuple[Any, ...], pointer: Pointer) -> tuple[Any, Make | None]:
        items = [self.compile(each, (*pointer, place)) for place, each in enumerate(value)]
        if all(make is None for _, make in items):
            return [each for each, _ in items], None
        makers = [make or _constant(each) for each, make in items]
        return None, lambda exchange: [make(exchange) for make in makers]


def _constant(value: Any) -> Make:
    if isinstance(value, (dict, list)):
        return lambda exchange: copy_value(value)
    return lambda exchange: value


def _joined(parts: list[str | Make]) -> Make:
    makers: list[Make] = [_constant(part) if isinstance(part, str) else _rendered(part) for part in parts]
    return lambda exchange: "".join([make(exchange) for make in makers])


def _rendered(make: Make) -> Make:
    def render(exchange: Exchange) -> str:
        value = make(exchange)
        return value if type(value) is str else render_text(value)

    return render
