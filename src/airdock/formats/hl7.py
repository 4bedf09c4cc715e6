"""HL7 version 2."""

import re
from typing import Any

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, UnwritableError, Write, Writing
from airdock.formats.segments import (
    MAX_SEGMENTS,
    Reader,
    Separators,
    elements_of,
    parse_element,
    plain_part,
    text_at,
    write_element,
)
from airdock.formats.text import charset_field, charset_of, check_charset, encoded, kind_of, text_of
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Choice

TYPE = "application/hl7-v2+er7"
_TAG = re.compile(r"[A-Z][A-Z0-9]{2}")
_BATCH = ("FHS", "BHS", "BTS", "FTS")
_CHARSETS = {"": "", "ASCII": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-16", "GB 18030-2000": "gb18030"}


class Hl7Reading(Reading):
    """An HL7 v2 message (ER7) becomes an object with its segments.

    It has `type`, `event`, `control` (the message's id), `version` and `segments`. A segment has its `tag` and its
    `fields`, with the tag at index 0, so that `fields[5]` of a PID segment is PID-5, and `fields[9]` of MSH is MSH-9. A
    field is a text, a list of components, or `{"repeat": […]}`; a component is a text, or a list of subcomponents.
    Escape sequences are undone but for those that lay out a text (`\\.br\\`).

    Segments may end with carriage returns, line feeds or both. The frame of MLLP is passed over.
    """

    slow = True

    batch: bool = field(
        Boolean(), "There may be several messages, in a batch or one after another: the value is a list.", default=False
    )
    charset: str = charset_field("Character set of bytes; that of the content type, or of MSH-18, if left out.")
    max_segments: int = MAX_SEGMENTS

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> Any:
            text = _text(data, self.charset or charset_of(content_type))
            lines = [line for line in re.split(r"[\r\n]+", text.strip("\x0b\x1c\r\n \t\0")) if line.strip()]
            reader = Reader(([line] for line in lines), self.max_segments)
            messages = _messages(reader)
            if self.batch:
                return messages
            if len(messages) != 1:
                raise ContentError(f"it is {len(messages)} messages: set `batch`" if messages else "it has no message")
            return messages[0]

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _text(data: str | bytes, charset: str) -> str:
    if isinstance(data, bytes) and not charset:
        match = re.search(rb"MSH([^\w\s])(?:[^\r\n]*?\1){16}([^\r\n~^]*?)(?:\1|~|\^|\r|\n|$)", data[:2000])
        charset = _charset(match[2].decode("latin-1")) if match else ""
    return text_of(data, "", charset)


def _charset(named: str) -> str:
    """The charset that a value of MSH-18 means."""
    if named.startswith("8859/"):
        return f"iso-8859-{named[5:]}"
    return _CHARSETS.get(named.strip().upper(), "")


def _messages(reader: Reader) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    separators = None
    while (found := reader.next()) is not None:
        (line,) = found
        if line.startswith("MSH"):
            separators = _separators(reader, line)
            messages.append({"segments": []})
        elif line[:3] in _BATCH:
            continue
        elif separators is None:
            raise reader.error(f"{line[:20]!r} where MSH should come")
        messages[-1]["segments"].append(_segment(reader, line, separators))
    return [_told(message["segments"]) for message in messages]


def _told(segments: list[Any]) -> dict[str, Any]:
    msh = segments[0]["fields"]
    return {
        "type": text_at(msh, 9),
        "event": text_at(msh, 9, 1),
        "control": text_at(msh, 10),
        "version": text_at(msh, 12),
        "segments": segments,
    }


def _separators(reader: Reader, line: str) -> Separators:
    between = line[3:4]
    marks = line[4:].partition(between)[0] if between else ""
    if not 2 <= len(marks) <= 5 or len(set(between + marks)) < len(between + marks) or (between + marks).isalnum():
        raise reader.error(f"MSH does not tell its separators: {line[3:9]!r}")
    component, repetition, escape, subcomponent = tuple((marks + "    ")[:4])
    return Separators((between, repetition.strip(), component, subcomponent.strip()), escape.strip(), "\r")


def _segment(reader: Reader, line: str, separators: Separators) -> dict[str, Any]:
    between = separators.levels[0]
    tag, *fields = line.split(between)
    if not _TAG.fullmatch(tag):
        raise reader.error(f"{tag[:20]!r} is no tag of a segment")
    # An escape sequence holds no separator, so that nothing has to be released.
    unreleased = separators._replace(release="")
    plain = _Escapes(separators).undo
    values: list[Any] = [tag]
    if tag == "MSH":
        values += [between, fields.pop(0)]
    values += [parse_element(each, unreleased, plain) for each in fields]
    return {"tag": tag, "fields": values}


class _Escapes:
    """The escape sequences for the separators of a message."""

    def __init__(self, separators: Separators) -> None:
        field, repetition, component, subcomponent = separators.levels
        self._escape = separators.release
        letters = {"F": field, "S": component, "T": subcomponent, "R": repetition, "E": separators.release}
        self._marks = {letter: mark for letter, mark in letters.items() if mark}
        self._special = re.compile("[" + re.escape("".join(self._marks.values())) + "\r\n]")
        escape = re.escape(separators.release or "\0")
        self._sequence = re.compile(rf"{escape}([^{escape}\r\n]*){escape}")
        # What only lays a text out stays as it is written, both ways.
        self._layout = re.compile(rf"{escape}(?:\.[a-z]{{2}}[-+0-9]*|[HN]|[CM][0-9A-F]+|Z[^{escape}]*){escape}")

    def undo(self, text: str) -> str:
        """The text that a part stands for."""
        return self._sequence.sub(self._meaning, text) if self._escape and self._escape in text else text

    def _meaning(self, match: "re.Match[str]") -> str:
        code = match[1]
        if code in self._marks:
            return self._marks[code]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", code):
            return bytes.fromhex(code[1:]).decode("latin-1")
        return match[0]

    def write(self, value: Any) -> str:
        """The part that a text becomes."""
        text = plain_part(value)
        if not self._special.search(text):
            return text
        if not self._escape:
            raise UnwritableError(f"{text!r:.60} holds a separator, and MSH-2 names no escape character")
        pieces = [self._special.sub(self._written, piece) for piece in self._layout.split(text)]
        kept = [*self._layout.findall(text), ""]
        return "".join(part for pair in zip(pieces, kept, strict=True) for part in pair)

    def _written(self, match: "re.Match[str]") -> str:
        mark = match[0]
        code = next((letter for letter, each in self._marks.items() if each == mark), f"X{ord(mark):02X}")
        return f"{self._escape}{code}{self._escape}"


class Hl7Writing(Writing):
    """An object becomes an HL7 v2 message of type `application/hl7-v2+er7`, as `unmarshal` would have read it.

    It has `segments`, objects with `fields`, the tag at index 0. The first one is MSH: `fields[1]` and `fields[2]` are
    the separators, `|` and `^~\\&` if they are null. A list of such objects becomes several messages.
    """

    slow = True

    segment_end: str = field(
        Choice(("cr", "lf", "crlf")), "How segments end: HL7 wants a carriage return.", default="cr"
    )
    charset: str = charset_field("The content is bytes of this character set; a text if left out.")

    def compile(self, file: ReadFile) -> Write:
        end = {"cr": "\r", "lf": "\n", "crlf": "\r\n"}[self.segment_end]

        def write(value: Any) -> tuple[str | bytes, str]:
            messages = value if isinstance(value, list | tuple) else [value]
            lines = [line for message in messages for line in _lines(message)]
            return encoded("".join(line + end for line in lines), TYPE, self.charset)

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def _lines(message: Any) -> list[str]:
    segments = message.get("segments") if isinstance(message, dict) else None
    if not isinstance(segments, list | tuple) or not segments:
        raise UnwritableError(f"a message is an object with `segments`, a list, not {kind_of(message)}")
    return _Message(segments).lines()


class _Message:
    """Writes the segments of one message."""

    def __init__(self, segments: Any) -> None:
        self._segments = [_with_elements(each, number) for number, each in enumerate(segments, 1)]
        msh = self._segments[0]
        if msh[0] != "MSH":
            raise UnwritableError(f"the first segment is MSH, not {msh[0]!r:.20}")
        between, marks = [*msh[1:3], None, None][:2]
        between, marks = between or "|", marks or "^~\\&"
        if not (isinstance(between, str) and isinstance(marks, str) and len(between) == 1 and 2 <= len(marks) <= 5):
            raise UnwritableError("the fields 1 and 2 of MSH are the separators, such as '|' and '^~\\&'")
        component, repetition, escape, subcomponent = tuple((marks + "    ")[:4])
        levels = (between, repetition.strip(), component, subcomponent.strip())
        self._separators = Separators(levels, escape.strip(), "\r")
        self._segments[0] = ["MSH", marks, *msh[3:]]

    def lines(self) -> list[str]:
        escapes = _Escapes(self._separators)
        lines = []
        for number, (tag, *fields) in enumerate(self._segments):
            plain = fields[:1] if number == 0 else []
            try:
                written = [write_element(each, self._separators, escapes.write) for each in fields[len(plain) :]]
            except UnwritableError as error:
                raise UnwritableError(f"the segment {tag}: {error}") from error
            lines.append(self._separators.levels[0].join([tag, *plain, *written]))
        return lines


def _with_elements(segment: Any, number: int) -> list[Any]:
    fields = segment.get("fields") if isinstance(segment, dict) else None
    try:
        return elements_of({"elements": fields}, number)
    except UnwritableError:
        message = f"segment {number} is not an object with `fields`, a list that begins with the tag"
        raise UnwritableError(message) from None


FORMAT = Format("hl7", Hl7Reading, Hl7Writing)
