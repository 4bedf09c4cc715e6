"""Writing of UN/EDIFACT."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from airdock.formats.edifact_syntax import DEFAULT, syntax_charset
from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.segments import (
    LINE_BREAKS,
    Separators,
    elements_of,
    plain_part,
    text_at,
    write_element,
)
from airdock.formats.text import encoded, kind_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean

TYPE = "application/EDIFACT"
_FOURTH = DEFAULT._replace(levels=("+", "*", ":", ""))


class EdifactWriting(Writing):
    """An object becomes an EDIFACT interchange of type `application/EDIFACT`, as `unmarshal` would have read it.

    It has `header`, the elements of UNB with the tag at index 0, and `messages`, each with `header` (those of UNH) and
    `segments`, objects with `elements`. UNT, UNE and UNZ with their counts are made. Neighbouring messages of one
    `group` (the elements of UNG) stand in that group.

    What comes out is a text; where it holds characters beyond ASCII, bytes of the character set that UNB names.
    """

    slow = True

    una: bool = field(Boolean(), "UNA stands in front.", default=True)
    line_breaks: bool = LINE_BREAKS

    def compile(self, file: ReadFile) -> Write:
        def write(value: Any) -> tuple[str | bytes, str]:
            header = _header(value, "UNB", "the interchange")
            syntax = text_at(header, 1)
            separators = _FOURTH if text_at(header, 1, 1) == "4" else DEFAULT
            lines = [self._segment(each, separators) for each in _segments(value, header)]
            text = (self._una(separators) + "".join(lines)).rstrip("\n")
            return (text, TYPE) if text.isascii() else encoded(text, TYPE, syntax_charset(syntax))

        return write

    def _una(self, separators: Separators) -> str:
        if not self.una:
            return ""
        una = f"UNA:+.?{separators.levels[1] or ' '}'"
        return f"{una}\n" if self.line_breaks else una

    def _segment(self, elements: list[Any], separators: Separators) -> str:
        marks = "".join((*separators.levels, separators.release, separators.segment))
        special = re.compile(f"[{re.escape(marks)}]")

        def plain(value: Any) -> str:
            return special.sub(rf"{separators.release}\g<0>", plain_part(value))

        try:
            written = [elements[0], *(write_element(each, separators, plain) for each in elements[1:])]
        except UnwritableError as error:
            raise UnwritableError(f"the segment {elements[0]}: {error}") from error
        while len(written) > 1 and not written[-1]:
            written.pop()
        return separators.levels[0].join(written) + separators.segment + ("\n" if self.line_breaks else "")


def _header(value: Any, tag: str, what: str) -> list[Any]:
    header = value.get("header") if isinstance(value, dict) else None
    if not isinstance(header, list | tuple) or not header or header[0] != tag:
        found = "" if isinstance(value, dict) else f", not {kind_of(value)}"
        raise UnwritableError(f'{what} is an object with `header`, a list that begins with "{tag}"{found}')
    return list(header)


def _segments(value: Any, header: list[Any]) -> Iterator[list[Any]]:
    """The elements of every segment, those at the ends included."""
    messages = value.get("messages")
    if not isinstance(messages, list | tuple):
        raise UnwritableError("the interchange has no `messages`, a list")
    yield header
    groups = 0
    for group, members in groupby(messages, lambda each: each.get("group") if isinstance(each, dict) else None):
        count = 0
        if group:
            groups += 1
            yield list(group)
        for message in members:
            count += 1
            yield from _message(message)
        if group:
            yield ["UNE", count, text_at(list(group), 5)]
    yield ["UNZ", groups or len(messages), text_at(header, 5)]


def _message(message: Any) -> Iterator[list[Any]]:
    header = _header(message, "UNH", "a message")
    segments = message.get("segments")
    if not isinstance(segments, list | tuple):
        raise UnwritableError("a message has no `segments`, a list")
    yield header
    for number, segment in enumerate(segments, 2):
        yield elements_of(segment, number)
    yield ["UNT", len(segments) + 2, text_at(header, 1)]
