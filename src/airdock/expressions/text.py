"""How a value is written inside a longer text."""

import datetime
import decimal
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.streams import STREAM_READ, Stream

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_LARGEST_PLAIN = 1e21


def render_text(value: Any) -> str:
    """The text of a value: a text as it is, nothing for None, else its JSON; bytes as UTF-8.

    Raises:
        FlowError: `expression.type`, the value has no text (bytes that are not UTF-8, an object of a program).
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return _integer(value)
    if kind is float:
        return _number(value)
    return _other(value)


def _integer(value: int) -> str:
    try:
        return str(value)
    except ValueError:
        raise FlowError("expression.limit", "a number has too many digits to be written as text") from None


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return str(int(value))
    text = msgspec.json.encode(value).decode()
    return "" if text == "null" else text


def _other(value: Any) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            raise FlowError("expression.type", "bytes that are not UTF-8 cannot stand in a text") from None
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, Stream):
        raise FlowError("expression.type", f"a text cannot hold {STREAM_READ}")
    try:
        if isinstance(value, (dict, list, tuple, set, frozenset)):
            return _ENCODER.encode(value).decode()
        return str(msgspec.to_builtins(value))
    except (TypeError, ValueError, RecursionError, OverflowError):
        raise FlowError("expression.type", f"a {type(value).__name__} cannot be written as text") from None
