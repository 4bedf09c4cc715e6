"""NDJSON: one JSON value per line."""

from collections.abc import Iterator
from typing import Any

import msgspec

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, UnwritableError, Write, Writing
from airdock.formats.json import DEPTH, is_utf8, json_of, too_deep
from airdock.formats.text import READ_CHARSET, bytes_of, charset_field, charset_of, check_charset, kind_of, text_of
from airdock.nesting import json_deeper

TYPE = "application/x-ndjson"


class NdjsonReading(Reading):
    """Lines of JSON (NDJSON, JSON Lines) become the list of their values; blank lines are passed over."""

    charset: str = charset_field(READ_CHARSET)
    max_depth: int = DEPTH

    def compile(self, file: ReadFile) -> Read:
        charset, depth = self.charset, self.max_depth
        decoder = msgspec.json.Decoder()

        def read(data: str | bytes, content_type: str) -> list[Any]:
            if not isinstance(data, bytes) or not is_utf8(data, charset or charset_of(content_type)):
                data = bytes_of(text_of(data, content_type, charset))
            return list(_values(decoder, data, depth))

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _values(decoder: "msgspec.json.Decoder[Any]", data: bytes, depth: int) -> Iterator[Any]:
    # The library's own way with lines lets a value go over several, and several stand on one.
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield line_value(decoder, line, number, depth)


def line_value(decoder: "msgspec.json.Decoder[Any]", line: bytes, number: int, depth: int) -> Any:
    """The value of one line.

    Raises:
        ContentError: it is not JSON; with its number.
    """
    try:
        value = decoder.decode(line)
    except RecursionError:
        raise too_deep(depth, number) from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise ContentError(f"line {number}: {error}") from error
    if json_deeper(line, value, depth):
        raise too_deep(depth, number)
    return value


class NdjsonWriting(Writing):
    """A list becomes a text of type `application/x-ndjson`, each item a line of JSON."""

    def compile(self, file: ReadFile) -> Write:
        encode = msgspec.json.Encoder().encode_lines

        def write(value: Any) -> tuple[str, str]:
            if not isinstance(value, list | tuple):
                raise UnwritableError(f"the lines are the items of a list, not of {kind_of(value)}")
            return json_of(encode, value).decode(), TYPE

        return write


FORMAT = Format("ndjson", NdjsonReading, NdjsonWriting)
