"""Values as text inside a rendering."""

from typing import Any

from jinja2.runtime import Context, Undefined
from jinja2.utils import pass_context

from airdock.expressions.text import render_text
from airdock.steps.jinja.budget import Budget, budget


def text_of(value: Any) -> str:
    """The text of a value as `${}` writes it; a text that is marked as safe stays so.

    Raises:
        FlowError: `expression.type`, it has none; `template.limit`.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Undefined):
        return str(value)
    spent = budget()
    if isinstance(value, dict | list | tuple) and spent.is_made(value):
        _count(value, spent)
    text = render_text(value)
    spent.text(len(text))
    return text


@pass_context
def finalize(context: Context, value: Any) -> str:
    """What `{{ }}` writes."""
    text = text_of(value)
    budget().text(len(text))
    return text


def _count(value: Any, spent: Budget) -> None:
    """Counts what stands in a container before it is written: parts of the message may stand there many times."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        spent.round()
        if isinstance(each, str | bytes):
            spent.text(len(each))
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
