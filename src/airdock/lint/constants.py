"""Expressions that do not depend on the message."""

from airdock.errors import FlowError
from airdock.expressions import Expression
from airdock.expressions.expression import counts_as_true


def constant_value(expression: Expression) -> bool | None:
    """What an expression always decides; None where that depends on the message, the time or chance."""
    # A function may give another value each time.
    if expression.reads != {} or "$" in expression.source or "function" in expression.source:
        return None
    try:
        return counts_as_true(expression.evaluate_document({}))
    except FlowError:
        return None
