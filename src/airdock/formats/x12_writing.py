"""Writing of ANSI ASC X12."""

from collections.abc import Iterator
from typing import Any

from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.segments import LINE_BREAKS, Separators, elements_of, plain_part, text_at, write_element
from airdock.formats.text import WRITE_CHARSET, charset_field, check_charset, encoded, kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Text

TYPE = "application/EDI-X12"
_MARK = Text(r"[^A-Za-z0-9\r]", "one character, no letter and no digit")
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_NUMBERS = (9, 10, 12, 13)


class X12Writing(Writing):
    """An object becomes an X12 interchange of type `application/EDI-X12`, as `unmarshal` would have read it.

    It has `header`, the elements of ISA with the tag at index 0, and `groups`, each with `header` (those of GS) and
    `transactions`, each with `header` (those of ST) and `segments`, objects with `elements`. The elements of ISA are
    filled up to their lengths; ISA11, where it is no letter, stands between repetitions, and ISA16 between components.
    SE, GE and IEA with their counts are made. X12 cannot hide a separator: a value that has one is an error.
    """

    slow = True

    element: str = field(_MARK, "What stands between elements.", default="*")
    segment: str = field(_MARK, "What ends a segment.", default="~")
    line_breaks: bool = LINE_BREAKS
    charset: str = charset_field(WRITE_CHARSET)

    def compile(self, file: ReadFile) -> Write:
        end = self.segment + ("\n" if self.line_breaks and self.segment != "\n" else "")

        def write(value: Any) -> tuple[str | bytes, str]:
            header = _header(value, "ISA", "the interchange")
            isa = _isa(header)
            repetition = isa[11] if not isa[11].isalnum() else ""
            separators = Separators((self.element, repetition, isa[16], ""), "", self.segment)
            marks = [mark for mark in (*separators.levels, self.segment) if mark]
            if len(set(marks)) < len(marks):
                raise UnwritableError(f"the separators cannot be told apart: {''.join(marks)!r}")
            lines = [self.element.join(isa), *(_segment(each, separators) for each in _segments(value, isa))]
            return encoded(end.join(lines) + self.segment, TYPE, self.charset)

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        problems = check_charset(element)
        if element.element == element.segment:
            problems.append(("segment", "`element` and `segment` must differ"))
        return problems


def _isa(header: list[Any]) -> list[str]:
    """The elements of ISA, each of its length."""
    values = [plain_part(each) for each in header[1:]]
    if len(values) != len(_WIDTHS):
        raise UnwritableError(f"ISA has 16 elements, not {len(values)}")
    filled = []
    for number, (value, width) in enumerate(zip(values, _WIDTHS, strict=True), 1):
        if len(value) > width:
            raise UnwritableError(f"ISA{number:02} is longer than {width} characters: {value!r:.40}")
        filled.append(value.rjust(width, "0") if number in _NUMBERS else value.ljust(width))
    if filled[15].isalnum() or filled[15].isspace():
        raise UnwritableError("ISA16 must be what stands between components, such as ':'")
    return ["ISA", *filled]


def _segment(elements: list[Any], separators: Separators) -> str:
    marks = [mark for mark in (*separators.levels, separators.segment) if mark]

    def plain(value: Any) -> str:
        text = plain_part(value)
        bad = next((mark for mark in marks if mark in text), None)
        if bad is not None:
            raise UnwritableError(f"{text!r:.60} holds the separator {bad!r}")
        return text

    try:
        written = [elements[0], *(write_element(each, separators, plain) for each in elements[1:])]
    except UnwritableError as error:
        raise UnwritableError(f"the segment {elements[0]}: {error}") from error
    while len(written) > 1 and not written[-1]:
        written.pop()
    return separators.levels[0].join(written)


def _segments(value: Any, isa: list[str]) -> Iterator[list[Any]]:
    """The elements of every segment behind ISA."""
    groups = _list(value, "groups", "the interchange")
    for group in groups:
        header = _header(group, "GS", "a group")
        transactions = _list(group, "transactions", "a group")
        yield header
        for transaction in transactions:
            yield from _transaction(transaction)
        yield ["GE", len(transactions), text_at(header, 6)]
    yield ["IEA", len(groups), isa[13]]


def _transaction(transaction: Any) -> Iterator[list[Any]]:
    header = _header(transaction, "ST", "a transaction set")
    segments = _list(transaction, "segments", "a transaction set")
    yield header
    for number, segment in enumerate(segments, 2):
        yield elements_of(segment, number)
    yield ["SE", len(segments) + 2, text_at(header, 2)]


def _header(value: Any, tag: str, what: str) -> list[Any]:
    header = value.get("header") if isinstance(value, dict) else None
    if not isinstance(header, list | tuple) or not header or header[0] != tag:
        found = "" if isinstance(value, dict) else f", not {kind_of(value)}"
        raise UnwritableError(f'{what} is an object with `header`, a list that begins with "{tag}"{found}')
    return list(header)


def _list(value: dict[str, Any], name: str, what: str) -> Any:
    found = value.get(name)
    if not isinstance(found, list | tuple):
        raise UnwritableError(f"{what} has no `{name}`, a list")
    return found
