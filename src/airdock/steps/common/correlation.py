"""Keys that messages are grouped by."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression, Template
from airdock.formats.text import kind_of

LONGEST_KEY = 1000

_DIGEST = "sha256:"
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
            raise FlowError(code, f"`{source}` is {kind_of(value)}, which cannot be a key")
        if len(text) > LONGEST_KEY:
            raise FlowError(code, f"`{source}` is {text[:40]!r}…; a key has {LONGEST_KEY:,} characters at most")
        return text

    return key


def naming(expression: Expression | Template, code: str) -> Callable[[Exchange], str]:
    """A key of any length that every message has; one that is long is stood for by its digest.

    The callable raises FlowError with the code where there is none.
    """
    evaluate = expression.evaluate

    def key(exchange: Exchange) -> str:
        value = evaluate(exchange)
        text = value if type(value) is str else "" if value is None else _json_text(value)
        if text is None:
            raise FlowError(code, f"the key is {kind_of(value)}; a key is a text, a number or the like")
        if not text:
            raise FlowError(code, "the message has no key, or an empty one")
        # No text that comes in is taken for the digest of another one.
        return _digest(text) if len(text) > LONGEST_KEY or text.startswith(_DIGEST) else text

    return key


def _digest(text: str) -> str:
    return _DIGEST + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _json_text(value: Any) -> str | None:
    try:
        return _encoder.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
