"""Paths of flows that messages name, in a list, or in a text with something between them."""

from collections.abc import Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.formats.text import kind_of
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Expression, ListOf, OneOf, Text
from airdock.spec.step import Compiled, Compiler

MOST = 1000
"""So many flows one message may name."""
_INVALID = frozenset({"flow.path", "flow.notAllowed", "flow.missing"})

EXPRESSION = field(
    Expression(),
    "The paths of the flows: a list of texts, or one text. Nothing, or an empty one, names none.",
    default=REQUIRED,
    example="body.notify",
)
DELIMITER = field(
    OneOf((Text(".+", "a text"), Boolean())),
    "What stands between the paths in a text; blanks around them do not count. `false`: a text is one path.",
    default=",",
    example=";",
)
IGNORE_INVALID_ENDPOINTS = field(
    Boolean(),
    "What is no path, what must not be called and what is not there is passed over instead of being an error.",
    default=False,
)
ALLOW = field(
    ListOf(Text(".+", "a glob of paths"), 1),
    "Globs of the paths that messages may name; only those of the flow's own project if left out. `*` takes any"
    " characters, `/` too.",
    example=["/shop/notify/*.flow", "/audit/log.flow"],
)


def addresses(step: Any, compiler: Compiler) -> Callable[[Exchange], list[tuple[str, Compiled]] | None]:
    """Gives, for a message, the paths that it names and the calls of these flows; None where it names none.

    The step has the fields above. The callable raises FlowError `flow.tooMany`, those of `Compiler.flow_among` unless
    the step ignores them, or what the expression raises.
    """
    evaluate, delimiter = step.expression.evaluate, step.delimiter
    find, ignore = compiler.flow_among(step.allow or []), step.ignore_invalid_endpoints

    def found(path: Any, exchange: Exchange) -> Compiled | None:
        try:
            return find(path, exchange)
        except FlowError as error:
            if ignore and error.code in _INVALID:
                return None
            raise

    def named(exchange: Exchange) -> list[tuple[str, Compiled]] | None:
        paths = _paths(evaluate(exchange), delimiter)
        if not paths:
            return None
        calls = ((path, found(path, exchange)) for path in paths)
        return [(path, call) for path, call in calls if call is not None]

    return named


def check_delimiter(step: Any) -> list[tuple[str, str]]:
    """The rule of such a step, for `Spec.check`."""
    if step.delimiter is True:
        return [("delimiter", "`delimiter` is the text between the paths, or false for none")]
    return []


def _paths(value: Any, delimiter: str | bool) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, str):
        # No more pieces than are looked at, so that a long text is not cut up in vain.
        pieces = value.split(delimiter, 2 * MOST) if isinstance(delimiter, str) else [value]
        value = [piece for piece in map(str.strip, pieces) if piece]
    if not isinstance(value, list):
        raise FlowError("flow.path", f"what names the flows is {kind_of(value)}; it must be a list of paths, or a text")
    if len(value) > MOST:
        raise FlowError("flow.tooMany", f"the message names more than {MOST} flows")
    return value
