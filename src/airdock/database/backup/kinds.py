"""How values of columns are written in a backup, so that each database gets from another what it keeps itself."""

import base64
import binascii
import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from sqlalchemy import JSON, Boolean, DateTime, Integer, LargeBinary, Numeric, String
from sqlalchemy.types import Float, TypeEngine

Kind = Literal["text", "integer", "float", "decimal", "boolean", "bytes", "json", "time"]

# The first that fits counts: a float is a number, too.
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Float, "float"),
    (Numeric, "decimal"),
    (LargeBinary, "bytes"),
    (JSON, "json"),
    (DateTime, "time"),
    (String, "text"),
)


def kind_of(type_: TypeEngine[Any]) -> Kind:
    """The kind of a column's type.

    Raises:
        TypeError: there is none, so that a migration made a column of a type that backups do not know.
    """
    for class_, kind in _KINDS:
        if isinstance(type_, class_):
            return kind
    raise TypeError(f"backups have no kind for columns of type {type_!r}")


def encoder(kind: Kind) -> Callable[[Any], Any]:
    """What makes a value of the database one that JSON can hold."""
    return _CODECS[kind].encode


def decoder(kind: Kind) -> Callable[[Any], Any]:
    """The way back. It raises `ValueError` for what `encoder` never makes."""
    return _CODECS[kind].decode


class _Codec(NamedTuple):
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def _of_type(*types: type) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if value is not None and type(value) not in types:
            raise ValueError(f"expected {types[0].__name__}, got {type(value).__name__}")
        return value

    return checked


def _unless_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _encode_float(value: float) -> float | str:
    # JSON has no numbers for infinity and for what is none.
    return value if math.isfinite(value) else str(value)


def _decode_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"expected a number, got {type(value).__name__}")
    return float(value)


def _encode_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode_bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_of_type(str)(value), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _decode_decimal(value: Any) -> Decimal:
    try:
        return Decimal(_of_type(str)(value))
    except InvalidOperation:
        raise ValueError("expected a decimal number") from None


def _decode_time(value: Any) -> datetime:
    return datetime.fromisoformat(_of_type(str)(value))


def _same(value: Any) -> Any:
    return value


_CODECS: dict[Kind, _Codec] = {
    "text": _Codec(_same, _of_type(str)),
    "integer": _Codec(_same, _of_type(int)),
    "boolean": _Codec(_same, _of_type(bool)),
    "json": _Codec(_same, _same),
    "float": _Codec(_unless_none(_encode_float), _unless_none(_decode_float)),
    "decimal": _Codec(_unless_none(str), _unless_none(_decode_decimal)),
    "bytes": _Codec(_unless_none(_encode_bytes), _unless_none(_decode_bytes)),
    "time": _Codec(_unless_none(datetime.isoformat), _unless_none(_decode_time)),
}
