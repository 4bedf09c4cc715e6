"""NDJSON: one JSON value per line."""

from collections.abc import Iterator
from typing import Any

import msgspec

from airdock.formats.feeding import MAX_SIZE, STREAMING, Utf8Feed
from airdock.formats.format import (
    ContentError,
    Format,
    Read,
    ReadFile,
    Reading,
    TooLargeError,
    UnwritableError,
    Write,
    WriteItem,
    Writing,
)
from airdock.formats.json import DEPTH, json_of, too_deep
from airdock.formats.text import READ_CHARSET, charset_field, check_charset, kind_of
from airdock.nesting import json_deeper
from airdock.spec.fields import field
from airdock.spec.kinds import Size

TYPE = "application/x-ndjson"


class NdjsonReading(Reading):
    """Lines of JSON (NDJSON, JSON Lines) become the list of their values; blank lines are passed over."""

    slow = True

    streaming: bool = STREAMING
    charset: str = charset_field(READ_CHARSET)
    max_depth: int | None = DEPTH
    max_line_size: int = field(Size(), "A line may have so many bytes.", default=1024**2, unit="bytes")
    max_size: int = MAX_SIZE

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> list[Any]:
            lines = self.feed(content_type)
            return [*lines.feed(data), *lines.end()]

        return read

    def feed(self, content_type: str) -> "Lines":
        return Lines(self, content_type)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


class Lines:
    """The values of lines that come piece by piece."""

    def __init__(self, options: NdjsonReading, content_type: str) -> None:
        self._depth = options.max_depth
        self._longest = options.max_line_size
        self._bytes = Utf8Feed(content_type, options.charset)
        self._decode = msgspec.json.Decoder().decode
        self._rest = b""
        self._number = 0

    def feed(self, piece: bytes | str) -> Iterator[Any]:
        yield from self._values(self._bytes.feed(piece))

    def end(self) -> Iterator[Any]:
        yield from self._values(self._bytes.feed(b"", last=True) + b"\n")

    def _values(self, data: bytes) -> Iterator[Any]:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._number += 1
            if len(line) > self._longest:
                raise self._too_long(1)
            if line.strip():
                yield self._value(line)
        if len(self._rest) > self._longest:
            raise self._too_long(0)

    def _value(self, line: bytes) -> Any:
        try:
            value = self._decode(line)
        except RecursionError:
            raise too_deep(self._depth, self._number) from None
        except (msgspec.MsgspecError, ValueError) as error:
            raise ContentError(f"line {self._number}: {error}") from error
        if self._depth is not None and json_deeper(line, value, self._depth):
            raise too_deep(self._depth, self._number)
        return value

    def _too_long(self, seen: int) -> TooLargeError:
        number = self._number + 1 - seen
        return TooLargeError(f"line {number} is longer than `maxLineSize`, {self._longest} bytes")


class NdjsonWriting(Writing):
    """A list becomes a text of type `application/x-ndjson`, each item a line of JSON.

    Of a stream the lines are a stream, too.
    """

    def compile(self, file: ReadFile) -> Write:
        encode = msgspec.json.Encoder().encode_lines

        def write(value: Any) -> tuple[str, str]:
            if not isinstance(value, list | tuple):
                raise UnwritableError(f"the lines are the items of a list, not of {kind_of(value)}")
            return json_of(encode, value).decode(), TYPE

        return write

    def compile_items(self) -> tuple[WriteItem, str]:
        encode = msgspec.json.Encoder().encode
        return lambda item: bytes(json_of(encode, item)) + b"\n", TYPE


FORMAT = Format("ndjson", NdjsonReading, NdjsonWriting)
