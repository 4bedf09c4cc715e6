"""What databases give as the message has it, and what messages give as databases take it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from airdock.errors import FlowError
from airdock.streams import Stream

_PLAIN = frozenset({str, int, bool, type(None), bytes, dict})
_BOUND = frozenset({str, int, bool, type(None), bytes, float, Decimal, date, datetime, time, timedelta, UUID})


def named(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows as objects."""
    return [
        {name: value if type(value) in _PLAIN else plain(value) for name, value in zip(columns, row, strict=True)}
        for row in rows
    ]


def plain(value: Any) -> Any:
    """A value as JSON has it; bytes stay bytes.

    Decimals, dates, times and UUIDs become texts, dates and times those of ISO 8601; a float that is no number
    becomes null.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return msgspec.to_builtins(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def bound(value: Any, arrays: bool) -> Any:
    """A message's value as a parameter. Objects are JSON; lists, too, where the database knows no arrays.

    Raises:
        FlowError: `connector.sql.data`, it cannot be a parameter.
    """
    if type(value) in _BOUND:
        return value
    if isinstance(value, list | tuple) and arrays:
        return [bound(each, arrays) for each in value]
    return json_text(value)


def json_text(value: Any) -> str:
    """A value as JSON.

    Raises:
        FlowError: `connector.sql.data`, it is none that JSON has.
    """
    if isinstance(value, Stream):
        raise FlowError("connector.sql.data", "a body that comes item by item cannot be a parameter: `split` it")
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        message = f"a value of the type {type(value).__name__} cannot be a parameter: {error}"
        raise FlowError("connector.sql.data", message) from error
