"""ANSI ASC X12."""

import re
from collections.abc import Iterator
from typing import Any

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading
from airdock.formats.segments import (
    CHECK_COUNTS,
    MAX_SEGMENTS,
    Reader,
    Separators,
    as_segment,
    parse_element,
    text_at,
)
from airdock.formats.text import READ_CHARSET, charset_field, check_charset, text_of
from airdock.formats.x12_writing import X12Writing

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_ISA_LENGTH = 106
_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)


class X12Reading(Reading):
    """An X12 interchange becomes an object with its groups and transaction sets.

    It has `header` (the elements of ISA, white space around them taken away), `sender`, `recipient`, `reference`, and
    `groups`. A group has `header` (those of GS), `type`, `reference`, and `transactions`, each with `header` (those of
    ST), `type`, `reference` and `segments`. A segment has its `tag` and its `elements`, with the tag at index 0, so
    that `elements[3]` of a BEG segment is BEG03. An element is a text, a list of components, or `{"repeat": […]}`; all
    values are texts.

    The separators are those that ISA has. The segments at the ends are checked and left out.
    """

    slow = True

    check_counts: bool = CHECK_COUNTS
    charset: str = charset_field(READ_CHARSET)
    max_segments: int = MAX_SEGMENTS

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> dict[str, Any]:
            text = text_of(data, content_type, self.charset).lstrip("\r\n \t\0")
            header, separators = _header(text)
            reader = Reader(_segments(text, separators), self.max_segments)
            reader.expect("ISA")
            return _interchange(reader, header, self.check_counts)

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _header(text: str) -> tuple[list[Any], Separators]:
    """The elements of ISA, which has a fixed length, and the separators that it tells."""
    if not text.startswith("ISA") or len(text) < _ISA_LENGTH:
        raise ContentError("it does not begin with ISA and its 16 elements, 106 characters in all")
    between, component, end = text[3], text[104], text[105]
    fields = text[:105].split(between)
    if len(fields) != 17 or tuple(map(len, fields[1:])) != _WIDTHS:
        raise ContentError("segment 1: the elements of ISA do not have the lengths that they must have")
    repetition = fields[11] if not (fields[11].isalnum() or fields[11].isspace()) else ""
    marks = [mark for mark in (between, component, end, repetition) if mark]
    if len(set(marks)) < len(marks) or any(mark.isalnum() for mark in marks):
        raise ContentError(f"segment 1: the separators cannot be told apart: {''.join(marks)!r}")
    header = ["ISA", *(field.strip() if field.strip() else "" for field in fields[1:])]
    return header, Separators((between, repetition, component, ""), "", end)


def _segments(text: str, separators: Separators) -> Iterator[list[Any]]:
    pieces = text.split(separators.segment)
    rest = pieces.pop()
    for number, piece in enumerate(pieces, 1):
        piece = piece.lstrip("\r\n\t ")
        if not piece:
            continue
        # ISA itself holds the separators as values.
        tag, *others = piece.split(separators.levels[0])
        if not _TAG.fullmatch(tag):
            raise ContentError(f"segment {number}: {tag[:20]!r} is no tag of a segment")
        yield [tag] if number == 1 else [tag, *(parse_element(each, separators, str) for each in others)]
    if rest.strip("\r\n\t \0\x1a"):
        raise ContentError(f"segment {len(pieces) + 1} has no end: {separators.segment!r} is missing")


def _interchange(reader: Reader, header: list[Any], check: bool) -> dict[str, Any]:
    groups = []
    while (elements := reader.expect("GS", "IEA", "TA1"))[0] != "IEA":
        # TA1 acknowledges another interchange, and stands in no group.
        if elements[0] == "GS":
            groups.append(_group(reader, elements, check))
    if check:
        reader.check(elements, 1, len(groups), "the number of groups")
        reader.check(elements, 2, header[13], "the interchange's reference")
    if (behind := reader.next()) is not None:
        raise reader.error(f"{behind[0]} stands behind IEA")
    return {
        "header": header,
        "sender": header[6],
        "recipient": header[8],
        "reference": header[13],
        "groups": groups,
    }


def _group(reader: Reader, header: list[Any], check: bool) -> dict[str, Any]:
    transactions = []
    while (elements := reader.expect("ST", "GE"))[0] != "GE":
        transactions.append(_transaction(reader, elements, check))
    if check:
        reader.check(elements, 1, len(transactions), "the number of transaction sets")
        reader.check(elements, 2, text_at(header, 6), "the group's reference")
    return {
        "header": header,
        "type": text_at(header, 1),
        "reference": text_at(header, 6),
        "transactions": transactions,
    }


def _transaction(reader: Reader, header: list[Any], check: bool) -> dict[str, Any]:
    segments = []
    while (elements := reader.next()) is not None and elements[0] != "SE":
        if elements[0] in ("ISA", "GS", "ST", "GE", "IEA"):
            raise reader.error(f"{elements[0]} where SE should come")
        segments.append(as_segment(elements))
    if elements is None:
        raise ContentError(f"it ends behind segment {reader.number} where SE should come")
    if check:
        reader.check(elements, 1, len(segments) + 2, "the number of segments")
        reader.check(elements, 2, text_at(header, 2), "the transaction set's reference")
    return {
        "header": header,
        "type": text_at(header, 1),
        "reference": text_at(header, 2),
        "segments": segments,
    }


FORMAT = Format("x12", X12Reading, X12Writing)
