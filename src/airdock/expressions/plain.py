"""The part of a document that an expression reads, copied with every value made one that JSON has."""

import datetime
import decimal
import uuid
from collections.abc import Mapping
from typing import Any

from airdock.response import ABSENT
from airdock.streams import STREAM_READ, Stream

Read = Any
"""What is read of a value: True for all of it, a dict for these fields of it (`{}`: only that it is there)."""


class UnreadableError(Exception):
    """A value in the part that is read cannot be made a JSON value. The message says which and what to do."""


def plain_part(value: Any, read: Read) -> Any:
    """A copy of what is read of the value: decimals as numbers, dates in ISO 8601, UUIDs as text, tuples as lists.

    Raises:
        UnreadableError: a value has no such form.
        RecursionError: the value is nested too deeply, or holds itself.
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or kind is float or value is None:
        return value
    if isinstance(value, Mapping):
        return _plain_mapping(value, read)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_part(each, read) for each in value]
    return _plain_scalar(value) if read else ""


def _plain_mapping(value: Mapping[Any, Any], read: Read) -> dict[str, Any]:
    if read is True:
        return {_key(key): plain_part(each, True) for key, each in value.items()}
    # Not headers' own `get`, which answers to any case.
    fields = value if type(value) is dict else dict(value.items())
    found = ((name, fields.get(name, ABSENT), part) for name, part in read.items())
    return {name: plain_part(each, part) for name, each, part in found if each is not ABSENT}


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, (int, uuid.UUID, datetime.date)) and not isinstance(key, bool):
        return str(key)
    raise UnreadableError(f"a key of an object is a {type(key).__name__}; it must be a text")


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return _plain_decimal(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise UnreadableError("it reads bytes; make them a value with an `unmarshal` step first")
    if isinstance(value, Stream):
        raise UnreadableError(f"it reads {STREAM_READ}")
    for base in (str, int, float):
        if isinstance(value, base):
            return base(value)
    raise UnreadableError(f"it reads a {type(value).__name__}, which is not a value that JSON has")


def _plain_decimal(value: decimal.Decimal) -> int | float | None:
    if not value.is_finite():
        return None
    # A huge exponent would make an integer of as many digits.
    if value == value.to_integral_value() and value.adjusted() < 400:
        return int(value)
    return float(value)
