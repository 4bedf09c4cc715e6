"""UN/EDIFACT."""

import re
from collections.abc import Iterator
from typing import Any

from airdock.formats.edifact_syntax import charset_of_syntax, separators_of
from airdock.formats.edifact_writing import EdifactWriting
from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading
from airdock.formats.segments import (
    CHECK_COUNTS,
    MAX_SEGMENTS,
    Reader,
    Separators,
    as_segment,
    parse_element,
    split_released,
    text_at,
)
from airdock.formats.text import charset_field, charset_of, check_charset, text_of

_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")


class EdifactReading(Reading):
    """An EDIFACT interchange (ISO 9735, syntax 1 to 4) becomes an object with its messages.

    It has `header` (the elements of UNB), `syntax`, `sender`, `recipient`, `reference`, and `messages`. A message has
    `header` (those of UNH), `type`, `version`, `reference`, `segments`, and `group` (those of UNG) where it stands in
    one. A segment has its `tag` and its `elements`, with the tag at index 0, so that `elements[3]` is the third one. An
    element is a text, a list of components, or `{"repeat": […]}`; all values are texts.

    The separators are those of UNA where there is one. The service segments at the ends are checked and left out.
    """

    slow = True

    check_counts: bool = CHECK_COUNTS
    charset: str = charset_field("Character set of bytes; that of the content type, or of UNB, if left out.")
    max_segments: int = MAX_SEGMENTS

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> dict[str, Any]:
            charset = self.charset or charset_of(content_type)
            if not charset and isinstance(data, bytes):
                charset = charset_of_syntax(data)
            text = text_of(data, "", charset).lstrip("\r\n \t\0\ufeff")
            separators, start = separators_of(text)
            reader = Reader(_segments(text[start:], separators), self.max_segments)
            return _interchange(reader, self.check_counts)

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _segments(text: str, separators: Separators) -> Iterator[list[Any]]:
    pieces = split_released(text, separators.segment, separators.release)
    rest = pieces.pop()
    for number, piece in enumerate(pieces, 1):
        try:
            yield _elements(piece.lstrip("\r\n\t "), separators)
        except ContentError as error:
            raise ContentError(f"segment {number}: {error}") from error
    if rest.strip("\r\n\t \0\x1a"):
        raise ContentError(f"segment {len(pieces) + 1} has no end: {separators.segment!r} is missing")


def _elements(text: str, separators: Separators) -> list[Any]:
    first, *others = split_released(text, separators.levels[0], separators.release)
    # Repetitions of a segment may be numbered in its tag, which nobody does.
    tag = first.partition(separators.levels[2])[0]
    if not _TAG.fullmatch(tag):
        raise ContentError(f"{tag[:20]!r} is no tag of a segment")
    release = separators.release

    def plain(part: str) -> str:
        return _released(part, release) if release and release in part else part

    return [tag, *(parse_element(each, separators, plain) for each in others)]


def _released(part: str, release: str) -> str:
    out = []
    characters = iter(part)
    for character in characters:
        if character == release:
            character = next(characters, "")
            if not character:
                raise ContentError(f"nothing stands behind {release!r}")
        out.append(character)
    return "".join(out)


def _interchange(reader: Reader, check: bool) -> dict[str, Any]:
    header = reader.expect("UNB")
    messages: list[dict[str, Any]] = []
    groups = 0
    while (elements := reader.expect("UNH", "UNG", "UNZ"))[0] != "UNZ":
        if elements[0] == "UNG":
            groups += 1
            _group(reader, elements, messages, check)
        else:
            messages.append(_message(reader, elements, check))
    if check:
        reader.check(elements, 1, groups or len(messages), "the number of messages or groups")
        reader.check(elements, 2, text_at(header, 5), "the interchange's reference")
    if (behind := reader.next()) is not None:
        raise reader.error(f"{behind[0]} stands behind UNZ")
    return {
        "header": header,
        "syntax": text_at(header, 1),
        "sender": text_at(header, 2),
        "recipient": text_at(header, 3),
        "reference": text_at(header, 5),
        "messages": messages,
    }


def _group(reader: Reader, header: list[Any], messages: list[dict[str, Any]], check: bool) -> None:
    before = len(messages)
    while (elements := reader.expect("UNH", "UNE"))[0] != "UNE":
        messages.append({**_message(reader, elements, check), "group": header})
    if check:
        reader.check(elements, 1, len(messages) - before, "the number of messages in the group")
        reader.check(elements, 2, text_at(header, 5), "the group's reference")


def _message(reader: Reader, header: list[Any], check: bool) -> dict[str, Any]:
    segments = []
    while (elements := reader.next()) is not None and elements[0] != "UNT":
        if elements[0] in ("UNH", "UNE", "UNZ"):
            raise reader.error(f"{elements[0]} where UNT should come")
        segments.append(as_segment(elements))
    if elements is None:
        raise ContentError(f"it ends behind segment {reader.number} where UNT should come")
    if check:
        reader.check(elements, 1, len(segments) + 2, "the number of segments in the message")
        reader.check(elements, 2, text_at(header, 1), "the message's reference")
    return {
        "header": header,
        "type": text_at(header, 2),
        "version": f"{text_at(header, 2, 1)}.{text_at(header, 2, 2)}",
        "reference": text_at(header, 1),
        "segments": segments,
    }


FORMAT = Format("edifact", EdifactReading, EdifactWriting)
