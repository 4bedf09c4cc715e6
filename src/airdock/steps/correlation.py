"""Keys that messages are grouped by."""

from collections.abc import Callable
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression

LONGEST_KEY = 1000

_encoder = msgspec.json.Encoder(order="sorted")


def correlating(expression: Expression | None, code: str) -> Callable[[Exchange], str]:
    """The key of a message: a text as it is, of anything else its JSON text; empty where there is none.

    Without an expression all messages have the same key. The callable raises FlowError with the code for a value that
    cannot be a key.
    """
    if expression is None:
        return lambda exchange: "*"
    evaluate, source = expression.evaluate, expression.source

    def key(exchange: Exchange) -> str:
        value = evaluate(exchange)
        if value is None:
            return ""
        text = value if type(value) is str else _json_text(value)
        if text is None:
            raise FlowError(code, f"`{source}` is a {type(value).__name__}, which cannot be a key")
        if len(text) > LONGEST_KEY:
            raise FlowError(code, f"`{source}` is {text[:40]!r}…; a key has {LONGEST_KEY:,} characters at most")
        return text

    return key


def _json_text(value: Any) -> str | None:
    try:
        return _encoder.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
