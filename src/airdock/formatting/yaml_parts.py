"""The parts of a YAML text that was parsed before, so that it is known to be a descriptor's."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from airdock.formatting.parts import Document, Entry, Value
from airdock.formatting.yaml_comments import Scan, attach, scan_comments

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s*)+")
_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>][-+0-9]*[ \t]*(?:#.*)?")


def _span(event: Any) -> tuple[int, int]:
    """Where an event begins and ends."""
    return event.start_mark.index, event.end_mark.index


class NotFormattedError(ValueError):
    """The text has something that cannot be laid out; the message says what, `offset` where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def yaml_parts(text: str) -> Document:
    """The parts of a YAML text.

    Raises:
        NotFormattedError: it has a name of several lines.
    """
    builder = _Builder(text)
    document = builder.document()
    attach(document, builder.scan())
    return document


def yaml_comments(text: str) -> list[str]:
    """The comments of a YAML text, in order; those in the first line of a block scalar are part of that."""
    builder = _Builder(text)
    builder.document()
    return [comment.text for comment in builder.scan().comments]


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Any] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._begin, self._end = 0, len(text)
        self._spans: list[tuple[int, int]] = []
        self._kept: list[tuple[int, int]] = []

    def document(self) -> Document:
        document = Document(Value())
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if event.explicit:
                    self._begin = _span(event)[1]
                    document.prefix = [line.rstrip() for line in self._text[: self._begin].split("\n")]
                document.root = self._value(next(self._events), 0)
            elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
                self._end = _span(event)[0]
        return document

    def scan(self) -> Scan:
        """The comments, and which lines belong to texts."""
        return scan_comments(self._text, range(self._begin, self._end), self._spans, self._kept)

    def _value(self, event: Any, column: int) -> Value:
        """`column`: of the list or object that holds it."""
        start, end = _span(event)
        if isinstance(event, yaml.AliasEvent):
            return Value(self._text[start:end], start=start, end=end)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, start, end, column)
        value = Value(entries=[], is_object=isinstance(event, yaml.MappingStartEvent), start=start)
        value.flow = bool(event.flow_style)
        properties = _PROPERTIES.match(self._text, start) if event.anchor or event.tag else None
        value.text = " ".join(properties[0].split()) if properties else ""
        self._spans.append((start, properties.end() if properties else start))
        self._fill(value, event.start_mark.column if properties is None else -1)
        return value

    def _fill(self, value: Value, column: int) -> None:
        end = yaml.MappingEndEvent if value.is_object else yaml.SequenceEndEvent
        entries = value.entries = []
        value.column = column
        while not isinstance(event := next(self._events), end):
            if not entries and column < 0:
                value.column = event.start_mark.column if value.is_object else self._dash(event.start_mark)
            key, start = "", event.start_mark.index
            if value.is_object:
                key = self._key(event)
                event = next(self._events)
            entries.append(Entry(self._value(event, value.column), key, start))
        value.end = _span(event)[1]
        if value.flow:
            value.broken = "\n" in self._text[value.start : value.end]

    def _dash(self, mark: Any) -> int:
        """The column of the `-` in front of an item."""
        line = self._text[mark.index - mark.column : mark.index]
        return line.rfind("-") if "-" in line else mark.column

    def _key(self, event: Any) -> str:
        start, end = _span(event)
        text = self._text[start:end]
        if "\n" in text:
            raise NotFormattedError("a name of several lines", start)
        self._spans.append((start, end))
        return text

    def _scalar(self, event: Any, start: int, end: int, column: int) -> Value:
        self._spans.append((start, end))
        text = self._text[start:end]
        if event.style in ("|", ">"):
            return self._block(text, start, end, column)
        return Value(text.rstrip(), start=start, end=end)

    def _block(self, text: str, start: int, end: int, column: int) -> Value:
        match = _HEADER.match(text)
        first = match[0] if match else text.partition("\n")[0]
        lines = text[len(first) :].split("\n")[1:]
        header = " ".join(first.split())
        marks = re.split(r"[|>]", header, maxsplit=1)[1].partition("#")[0]
        digits = re.findall(r"\d", marks)
        indent = column + int(digits[0]) if digits else _indent(lines)
        body = [line[indent:] for line in lines]
        if "+" in marks:
            self._kept.append((start, end))
            # What is behind the last line break is none of it.
            body = body[:-1] if body and not body[-1] else body
        else:
            while body and not body[-1].strip():
                body.pop()
        if digits:
            header = header.replace(digits[0], "2", 1)
        return Value("\n".join(body), start=start, end=end, header=header)


def _indent(lines: list[str]) -> int:
    return next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
