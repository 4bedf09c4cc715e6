"""Values of any kind as bytes and back, exactly, within a bound of size and time."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

_DEEPEST = 200
_BYTES_OF_A_NODE = 16
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


class NotPackableError(Exception):
    """The value cannot be kept; the message, which begins with its place in the value, says why."""

    def __init__(self, what: str, *, whole: bool = False) -> None:
        """`what` is the end of a sentence; `whole`: it is so of the whole value, not of a place in it."""
        super().__init__(what)
        self._what = what
        self._whole = whole
        self._place = ""

    def within(self, place: str) -> None:
        """Adds what it is inside."""
        if not self._whole:
            self._place = place + (f".{self._place}" if self._place[:1] not in ("", "[") else self._place)

    def __str__(self) -> str:
        return f"{self._place[:200] or 'it'} {self._what}"


def pack(value: Any, limit: int) -> bytes:
    """The value as bytes.

    Of subclasses of texts, numbers, lists and objects it keeps the contents.

    Args:
        limit: Most bytes; each number, text and the like counts as 16 at least, so that looking at it has an end.

    Raises:
        NotPackableError: it is larger, nested too deeply, or holds what bytes cannot stand for, such as a stream.
    """
    try:
        packed = _encode(value if _left((value,), limit, 0) >= 0 else _Packer(limit).of(value))
    except UnicodeEncodeError as error:
        raise NotPackableError("holds a text that is not Unicode") from error
    if len(packed) > limit:
        raise _too_large(limit)
    return packed


def unpack(packed: bytes) -> Any:
    """The value that was packed.

    Raises:
        msgspec.MsgspecError: these are not its bytes.
    """
    return _decode(packed)


def _left(values: Iterable[Any], left: int, depth: int) -> int:
    """What values leave of the limit, if MessagePack holds them as they are; below 0 for all others.

    Most values are such, and to look at them takes much less time than to copy them.
    """
    for value in values:
        left -= _BYTES_OF_A_NODE
        kind = type(value)
        if kind is str or kind is bytes:
            left -= len(value)
        elif kind is int:
            if not _SMALLEST <= value <= _LARGEST:
                return -1
        elif kind is dict or kind is list:
            if depth > _DEEPEST:
                return -1
            if kind is dict:
                for name in value:
                    if type(name) is not str:
                        return -1
                    left -= _BYTES_OF_A_NODE + len(name)
                value = value.values()
            left = _left(value, left, depth + 1)
        elif kind not in _AS_IT_IS:
            return -1
        if left < 0:
            return -1
    return left


class _Packer:
    """Copies a value into what MessagePack can hold, until the limit is used up."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit

    def of(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        self._take(len(value) if kind is str or kind is bytes else 0)
        if kind in _AS_IT_IS:
            return value
        if kind is int:
            return value if _SMALLEST <= value <= _LARGEST else _extension(int, f"{value:x}")
        if isinstance(value, dict | list | tuple | set | frozenset):
            if depth > _DEEPEST:
                raise NotPackableError(f"is nested more than {_DEEPEST} deep")
            return self._object(value, depth + 1) if isinstance(value, dict) else self._group(value, depth + 1)
        text = _TEXTS.get(kind)
        if text is not None:
            return self._sized(kind, text(value))
        for base in _PLAIN:
            if isinstance(value, base):
                return self.of(base(value), depth)
        raise NotPackableError(f"is a {kind.__name__}, which cannot be kept")

    def _object(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise NotPackableError(f"has a name that is no text but a {type(name).__name__}")
            self._take(len(name))
            try:
                copy[str(name)] = self.of(item, depth)
            except NotPackableError as error:
                error.within(name)
                raise
        return copy

    def _group(self, value: Any, depth: int) -> Any:
        copy: list[Any] = []
        try:
            copy.extend(self.of(item, depth) for item in value)
        except NotPackableError as error:
            error.within(f"[{len(copy)}]")
            raise
        for base in _GROUPS:
            if isinstance(value, base):
                return msgspec.msgpack.Ext(_CODES[base], msgspec.msgpack.encode(copy))
        return copy

    def _sized(self, kind: type, text: str) -> msgspec.msgpack.Ext:
        self._take(len(text))
        return _extension(kind, text)

    def _take(self, size: int) -> None:
        self._left -= _BYTES_OF_A_NODE + size
        if self._left < 0:
            raise _too_large(self._limit)


_AS_IT_IS = frozenset((str, bytes, float, bool, type(None)))
_TEXTS: dict[type, Callable[[Any], str]] = {
    Decimal: str,
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    bytearray: bytearray.hex,
}
_PLAIN: tuple[type[Any], ...] = (str, bytes, int, float)
_GROUPS = (tuple, set, frozenset)
_CODES = {kind: code for code, kind in enumerate((int, *_TEXTS, *_GROUPS), 1)}
_KINDS: dict[int, Callable[[str], Any]] = {
    _CODES[int]: lambda text: int(text, 16),
    _CODES[Decimal]: Decimal,
    _CODES[UUID]: UUID,
    _CODES[datetime]: datetime.fromisoformat,
    _CODES[date]: date.fromisoformat,
    _CODES[time]: time.fromisoformat,
    _CODES[bytearray]: bytearray.fromhex,
}


def _extension(kind: type, text: str) -> msgspec.msgpack.Ext:
    return msgspec.msgpack.Ext(_CODES[kind], text.encode())


def _unpack_extension(code: int, data: memoryview) -> Any:
    for group in _GROUPS:
        if code == _CODES[group]:
            return group(unpack(bytes(data)))
    return _KINDS[code](bytes(data).decode())


def _too_large(limit: int) -> NotPackableError:
    return NotPackableError(f"is larger than {limit:,} bytes", whole=True)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ext_hook=_unpack_extension).decode
