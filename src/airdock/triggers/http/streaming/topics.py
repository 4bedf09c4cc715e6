"""The topic that a stream or socket is for."""

from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions.text import render_text


def topic_of(template: Any, exchange: Exchange) -> str:
    """The name that the template makes of a request.

    Raises:
        FlowError: `request.topic`, a part of it is empty, so that it would be the name of another topic.
    """
    if template.constant:
        return str(template.value)
    name = ""
    for part in template.parts:
        text = part if isinstance(part, str) else render_text(part.evaluate(exchange))
        if not text:
            raise FlowError("request.topic", f"`{part.source}` is empty, and so names no topic.")
        name += text
    return name
