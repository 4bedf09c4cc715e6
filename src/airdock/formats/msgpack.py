"""MessagePack."""

from typing import Any, NoReturn

import msgspec

from airdock.formats.format import (
    ContentError,
    Format,
    Read,
    ReadFile,
    Reading,
    TooLargeError,
    UnwritableError,
    Write,
    Writing,
)
from airdock.formats.text import bytes_of
from airdock.nesting import deeper
from airdock.spec.fields import field
from airdock.spec.kinds import Integer

TYPE = "application/vnd.msgpack"


class MsgpackReading(Reading):
    """MessagePack becomes the value that it says.

    Binary values are bytes; timestamps are texts in ISO 8601. A name that is a number, true, false or null is its text
    in JSON. Other extension types are an error.
    """

    slow = True

    max_depth: int = field(Integer(1, 500), "Lists and objects may be nested so many levels.", default=200)

    def compile(self, file: ReadFile) -> Read:
        decode = msgspec.msgpack.Decoder(ext_hook=_refuse_extension).decode
        depth = self.max_depth

        def read(data: str | bytes, content_type: str) -> Any:
            try:
                value = decode(bytes_of(data))
            except RecursionError:
                raise _too_deep(depth) from None
            except (msgspec.MsgspecError, TypeError, ValueError) as error:
                raise ContentError(str(error)) from error
            if deeper(value, depth):
                raise _too_deep(depth)
            return _plain(value)

        return read


def _too_deep(depth: int) -> TooLargeError:
    return TooLargeError(f"it is nested deeper than `maxDepth`, {depth} levels")


def _refuse_extension(code: int, data: memoryview) -> NoReturn:
    raise ContentError(f"it holds a value of the extension type {code}, whose meaning is not known")


def _plain(value: Any) -> Any:
    """The value with texts for what JSON does not have; containers are changed in place."""
    kind = type(value)
    if kind is dict:
        if all(type(name) is str for name in value):
            for name, each in value.items():
                if type(each) not in _ATOMS:
                    value[name] = _plain(each)
            return value
        return {_name(name): _plain(each) for name, each in value.items()}
    if kind is list:
        for index, each in enumerate(value):
            if type(each) not in _ATOMS:
                value[index] = _plain(each)
        return value
    return value if kind in _ATOMS else value.isoformat()


_ATOMS = frozenset({str, int, float, bool, bytes, type(None)})


def _name(name: Any) -> str:
    if isinstance(name, str):
        return name
    if name is None or isinstance(name, int | float):
        return msgspec.json.encode(name).decode()
    raise ContentError(f"a name is a {type(name).__name__}, which has no text")


class MsgpackWriting(Writing):
    """A value becomes MessagePack of type `application/vnd.msgpack`.

    Whole numbers go from -2^63 to 2^64 - 1. Bytes stay bytes, dates and times become texts in ISO 8601.
    """

    def compile(self, file: ReadFile) -> Write:
        encode = msgspec.msgpack.Encoder().encode

        def write(value: Any) -> tuple[bytes, str]:
            try:
                return encode(value), TYPE
            except RecursionError:
                raise UnwritableError("the value is nested too deeply") from None
            except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
                raise UnwritableError(f"MessagePack cannot hold the value: {error}") from error

        return write


FORMAT = Format("msgpack", MsgpackReading, MsgpackWriting)
