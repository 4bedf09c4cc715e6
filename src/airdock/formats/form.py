"""Urlencoded forms."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from airdock.charsets import codec
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
from airdock.formats.lists import LISTS, add_value
from airdock.formats.text import charset_field, charset_of, check_charset, kind_of, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Integer

TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = field(Integer(1, 1_000_000), "There may be so many fields.", default=1000)


class FormReading(Reading):
    """A urlencoded form becomes an object of texts; a name that comes several times has a list of them."""

    lists: list[str] = LISTS
    max_fields: int = MAX_FIELDS
    charset: str = charset_field("Character set of what is escaped; UTF-8 if left out.")

    def compile(self, file: ReadFile) -> Read:
        most, lists = self.max_fields, frozenset(self.lists)

        def read(data: str | bytes, content_type: str) -> dict[str, Any]:
            name = codec(self.charset or charset_of(content_type)) or "utf-8"
            text = text_of(data, "", "iso-8859-1" if isinstance(data, bytes) else "").strip("\r\n")
            if not text.isascii():
                raise ContentError("it holds characters that must be escaped")
            if text.count("&") >= most:
                raise TooLargeError(f"it has more than `maxFields`, {most}")
            fields: dict[str, Any] = {}
            try:
                for key, value in parse_qsl(text, keep_blank_values=True, encoding=name, errors="strict"):
                    add_value(fields, key, value, lists)
            except UnicodeError as error:
                raise ContentError(f"what is escaped is not {name} text") from error
            return fields

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


class FormWriting(Writing):
    """An object becomes a urlencoded form of type `application/x-www-form-urlencoded`.

    A list becomes a field for each of its items. Null is empty; a number, true or false stands as in JSON; an object
    as a value is an error.
    """

    charset: str = charset_field("Character set of what is escaped; UTF-8 if left out.")

    def compile(self, file: ReadFile) -> Write:
        name = codec(self.charset) or "utf-8"

        def write(value: Any) -> tuple[str, str]:
            if not isinstance(value, dict):
                raise UnwritableError(f"the fields are those of an object, not of {kind_of(value)}")
            pairs = [
                (str(key), plain_text(each, key))
                for key, item in value.items()
                for each in (item if isinstance(item, list | tuple) else (item,))
            ]
            try:
                return urlencode(pairs, encoding=name, errors="strict"), TYPE
            except UnicodeError as error:
                raise UnwritableError(f"a text has a character that {name} lacks: {error}") from error

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def plain_text(value: Any, name: Any) -> str:
    """The text of a value that is no object and no list.

    Raises:
        UnwritableError: it is one, or no value that JSON has.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, dict | list | tuple | bytes | bytearray | memoryview):
        raise UnwritableError(f"the value of {name!r:.80} is {kind_of(value)}")
    try:
        return msgspec.json.encode(value).decode().strip('"')
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise UnwritableError(f"the value of {name!r:.80} has no text: {error}") from error


FORMAT = Format("form", FormReading, FormWriting)
