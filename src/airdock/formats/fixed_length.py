"""Records whose fields have fixed lengths."""

import re
from collections.abc import Callable
from typing import Any

from airdock.formats.fixed_length_writing import FixedLengthWriting
from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading
from airdock.formats.layout import FIELDS, LAYOUT, LINE_END, RECORDS, FixedField, FixedRecord, check_layout, layout_of
from airdock.formats.text import READ_CHARSET, charset_field, check_charset, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Choice

# Mainframes end lines with NEL.
_BREAK = re.compile(r"\r\n|[\r\n\x85]")
ReadRecord = Callable[[str], dict[str, Any]]


class FixedLengthReading(Reading):
    """Records with fields of fixed lengths, as banks and mainframes write them, become a list of objects.

    A text is without what fills its field up; a number is a number, null where its field is empty. Where there are
    several kinds of records, each object has the name of its kind as `record`. Empty lines are passed over.
    """

    slow = True

    fields_: list[FixedField] = FIELDS
    records: list[FixedRecord] = RECORDS
    layout: str = LAYOUT
    line_end: str = LINE_END
    ragged: str = field(
        Choice(("refuse", "fill")),
        "What happens to a line that is shorter than its record: it is an error, or filled up with spaces.",
        default="refuse",
    )
    charset: str = charset_field(READ_CHARSET + ' `"cp037"` is EBCDIC.')

    def compile(self, file: ReadFile) -> Read:
        layout = layout_of(self, file)
        fill = self.ragged == "fill"
        read_record = _by_kind(layout.records, fill) if layout.records else _by_fields(layout.fields_, fill)
        length = _length(layout)

        def read(data: str | bytes, content_type: str) -> list[dict[str, Any]]:
            text = text_of(data, content_type, self.charset)
            lines = _BREAK.split(text) if self.line_end != "none" else _cut(text, length)
            records = []
            for number, line in enumerate(lines, 1):
                if line:
                    try:
                        records.append(read_record(line))
                    except ContentError as error:
                        raise ContentError(f"record {number}: {error}") from error
            return records

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_layout(element) + check_charset(element)


def _length(layout: Any) -> int:
    lists: list[list[FixedField]] = [record.fields_ for record in layout.records] or [layout.fields_]
    return max(sum(each.length for each in fields) for fields in lists)


def _cut(text: str, length: int) -> list[str]:
    if len(text) % length:
        raise ContentError(f"its length, {len(text)}, is no multiple of that of a record, {length}")
    return [text[at : at + length] for at in range(0, len(text), length)]


def _by_kind(records: list[FixedRecord], fill: bool) -> ReadRecord:
    kinds = [(each.at - 1, each.match, each.name, _by_fields(each.fields_, fill)) for each in records]

    def read(line: str) -> dict[str, Any]:
        for at, match, name, read_record in kinds:
            if line.startswith(match, at):
                return {"record": name, **read_record(line)}
        raise ContentError(f"no `match` of a kind of record takes it: {line[:40]!r}")

    return read


def _by_fields(fields: list[FixedField], fill: bool) -> ReadRecord:
    length = sum(each.length for each in fields)
    parts = []
    at = 0
    for each in fields:
        if each.name or each.value:
            parts.append((each.name, at, at + each.length, _reader(each)))
        at += each.length

    def read(line: str) -> dict[str, Any]:
        if len(line) < length and fill:
            line = line.ljust(length)
        if len(line) != length:
            raise ContentError(f"it has {len(line)} characters, not {length}")
        values = {}
        for name, start, end, value in parts:
            try:
                found = value(line[start:end])
            except ContentError as error:
                raise ContentError(f"{name or 'the filler'} at {start + 1}: {error}") from error
            if name:
                values[name] = found
        return values

    return read


def _reader(field: FixedField) -> Callable[[str], Any]:
    right = (field.align or ("left" if field.type == "text" else "right")) == "right"
    pad = field.pad or (" " if field.type == "text" else "0")

    def text(part: str) -> str:
        found = part.lstrip(pad) if right else part.rstrip(pad)
        if field.value and found != field.value and part != field.value:
            raise ContentError(f"it is {part!r:.40}, not {field.value!r}")
        return found

    def number(part: str) -> int | float | None:
        digits = part.strip(" " + pad if pad != "0" else " ")
        if field.value:
            text(part)
        if not digits:
            return None
        unsigned = digits[1:] if digits[0] in "+-" else digits[:-1] if digits[-1] in "+-" else digits
        if not (unsigned.isascii() and unsigned.isdigit()):
            raise ContentError(f"{part!r:.40} is not a number")
        value = int(unsigned) * (-1 if "-" in digits else 1)
        return value if field.type == "integer" else value / 10**field.scale

    return text if field.type == "text" else number


FORMAT = Format("fixedLength", FixedLengthReading, FixedLengthWriting)
