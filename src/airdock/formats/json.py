"""JSON."""

from typing import Any

import msgspec

from airdock.charsets import marked_codec
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
from airdock.formats.text import READ_CHARSET, bytes_of, charset_field, charset_of, check_charset, text_of
from airdock.nesting import json_deeper
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer

TYPE = "application/json"
DEPTH = field(
    Integer(1, 500),
    "Lists and objects may be nested so many levels; about 900 if left out, which costs nothing to look for.",
    example=50,
)


class JsonReading(Reading):
    """JSON becomes the value that it says.

    Whole numbers are exact up to 4,300 digits; a number that no double can hold is an error. Of a name that stands
    twice in an object the last one counts.
    """

    charset: str = charset_field(READ_CHARSET)
    max_depth: int | None = DEPTH

    def compile(self, file: ReadFile) -> Read:
        return json_reader(self.charset, self.max_depth)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def json_reader(charset: str, depth: int | None) -> Read:
    """Reads one JSON text."""
    decode = msgspec.json.Decoder().decode

    def read(data: str | bytes, content_type: str) -> Any:
        if type(data) is not bytes or charset or ("charset" in content_type and not is_utf8(content_type)):
            data = bytes_of(text_of(data, content_type, charset))
        try:
            value = decode(data)
        except RecursionError:
            raise too_deep(depth) from None
        except (msgspec.MsgspecError, ValueError) as error:
            plain = _without_mark(data)
            if plain is None:
                raise ContentError(str(error)) from error
            return read(plain, "")
        if depth is not None and json_deeper(data, value, depth):
            raise too_deep(depth)
        return value

    return read


def is_utf8(content_type: str) -> bool:
    return charset_of(content_type).lower() in ("", "utf-8", "utf8")


def _without_mark(data: bytes) -> bytes | None:
    """The same in UTF-8, of content that begins with a mark of its character set; None where it does not."""
    return bytes_of(text_of(data)) if marked_codec(data) else None


def too_deep(depth: int | None, line: int = 0) -> TooLargeError:
    what = f"line {line}" if line else "it"
    return TooLargeError(f"{what} is nested deeper than " + (f"`maxDepth`, {depth} levels" if depth else "can be read"))


class JsonWriting(Writing):
    """A value becomes a JSON text of type `application/json`.

    Numbers that JSON does not have (NaN, infinity) become `null`; bytes become base64, dates and times ISO 8601.
    """

    indent: int = field(Integer(0, 16), "Each level stands so many spaces to the right; 0 is one line.", default=0)
    sort_names: bool = field(Boolean(), "The names in objects are in the order of the alphabet.", default=False)

    def compile(self, file: ReadFile) -> Write:
        encoder = msgspec.json.Encoder(order="deterministic" if self.sort_names else None)
        indent = self.indent

        def write(value: Any) -> tuple[str, str]:
            data = json_of(encoder.encode, value)
            return (msgspec.json.format(data, indent=indent) if indent else data).decode(), TYPE

        return write


def json_of(encode: Any, value: Any) -> Any:
    """What an encoder makes of a value.

    Raises:
        UnwritableError: JSON cannot hold it.
    """
    try:
        return encode(value)
    except RecursionError:
        raise UnwritableError("the value is nested too deeply") from None
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise UnwritableError(f"JSON cannot hold the value: {error}") from error


FORMAT = Format("json", JsonReading, JsonWriting)
