"""Expressions: JSONata in expression fields, `${...}` in texts. Compiled once, evaluated for every message.

`compile_expression` and `compile_template` are the way in. No other package imports the JSONata library.
"""

from airdock.expressions.expression import Expression, compile_expression
from airdock.expressions.limits import DEFAULT_LIMITS, Limits
from airdock.expressions.problems import ExpressionSyntaxError
from airdock.expressions.template import Template, compile_template
from airdock.expressions.text import render_text

__all__ = [
    "DEFAULT_LIMITS",
    "Expression",
    "ExpressionSyntaxError",
    "Limits",
    "Template",
    "compile_expression",
    "compile_template",
    "render_text",
]
