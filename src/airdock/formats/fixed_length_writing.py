"""Writing of records whose fields have fixed lengths."""

import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

from airdock.formats.form import plain_text
from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.layout import FIELDS, LAYOUT, LINE_END, RECORDS, FixedField, FixedRecord, check_layout, layout_of
from airdock.formats.text import WRITE_CHARSET, charset_field, check_charset, encoded, kind_of

TYPE = "text/plain"
_MOST_DIGITS = 5000
_BREAK = re.compile(r"[\r\n\x85]")
WriteRecord = Callable[[dict[str, Any]], str]


class FixedLengthWriting(Writing):
    """A list of objects becomes records with fields of fixed lengths, of type `text/plain`.

    A name that is missing, or null, leaves its field empty. A value that is longer than its field is an error. Where
    there are several kinds of records, `record` of an object names its kind.
    """

    slow = True

    fields_: list[FixedField] = FIELDS
    records: list[FixedRecord] = RECORDS
    layout: str = LAYOUT
    line_end: str = LINE_END
    charset: str = charset_field(WRITE_CHARSET)

    def compile(self, file: ReadFile) -> Write:
        layout = layout_of(self, file)
        kinds = {each.name: _by_fields(each.fields_, each) for each in layout.records}
        only = None if kinds else _by_fields(layout.fields_, None)
        end = {"lf": "\n", "crlf": "\r\n", "none": ""}[self.line_end]

        def write(value: Any) -> tuple[str | bytes, str]:
            if not isinstance(value, list | tuple):
                raise UnwritableError(f"the records are the items of a list, not of {kind_of(value)}")
            lines = []
            for number, record in enumerate(value):
                try:
                    lines.append((only or _kind(record, kinds))(_object(record)) + end)
                except UnwritableError as error:
                    raise UnwritableError(f"record {number}: {error}") from error
            return encoded("".join(lines), TYPE, self.charset)

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_layout(element) + check_charset(element)


def _object(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise UnwritableError(f"it is {kind_of(record)}, not an object")
    return record


def _kind(record: Any, kinds: dict[str, WriteRecord]) -> WriteRecord:
    name = _object(record).get("record")
    if not isinstance(name, str) or name not in kinds:
        raise UnwritableError(f"`record` is {name!r:.40}, not one of {', '.join(kinds)}")
    return kinds[name]


def _by_fields(fields: list[FixedField], kind: FixedRecord | None) -> WriteRecord:
    parts = [(each.name, _writer(each)) for each in fields]

    def write(record: dict[str, Any]) -> str:
        pieces = []
        for name, text in parts:
            try:
                pieces.append(text(record.get(name) if name else None))
            except UnwritableError as error:
                raise UnwritableError(f"{name}: {error}") from error
        line = "".join(pieces)
        if kind is not None and not line.startswith(kind.match, kind.at - 1):
            raise UnwritableError(f"{kind.match!r} does not stand at {kind.at}: give the field there this `value`")
        return line

    return write


def _writer(field: FixedField) -> Callable[[Any], str]:
    right = (field.align or ("left" if field.type == "text" else "right")) == "right"
    pad = field.pad or (" " if field.type == "text" else "0")
    empty = (" " if field.type != "text" else pad) * field.length

    def plain(value: Any) -> str:
        if field.value:
            return field.value
        return plain_text(value, field.name) if field.type == "text" else _digits(value, field.scale)

    def write(value: Any) -> str:
        if value is None and not field.value:
            return empty
        text = plain(value)
        if len(text) > field.length:
            raise UnwritableError(f"{text!r:.60} is longer than {field.length} characters")
        if _BREAK.search(text):
            raise UnwritableError(f"{text!r:.60} holds the end of a line")
        if text[:1] == "-" and right and pad == "0" and field.type != "text":
            return "-" + text[1:].rjust(field.length - 1, pad)
        return text.rjust(field.length, pad) if right else text.ljust(field.length, pad)

    return write


def _digits(value: Any, scale: int) -> str:
    """The digits of a number without its point."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise UnwritableError(f"it is {kind_of(value)}, not a number")
    try:
        with localcontext(prec=_MOST_DIGITS):
            number = Decimal(str(value)).scaleb(scale)
            whole = number.to_integral_value()
    except (ArithmeticError, ValueError):
        raise UnwritableError("it is not a number, or one of too many digits") from None
    if not number.is_finite():
        raise UnwritableError(f"{value!r:.60} is not a number")
    if whole != number:
        raise UnwritableError(f"{value!r:.60} has more than {scale} digits behind the point")
    return format(whole, "f")
