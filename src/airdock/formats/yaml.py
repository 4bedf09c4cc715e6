"""YAML."""

from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from airdock.formats.format import ContentError, Format, Read, ReadFile, Reading, TooLargeError
from airdock.formats.text import READ_CHARSET, charset_field, check_charset, text_of
from airdock.formats.yaml_scalars import NotOfTypeError, plain_scalar, tagged_scalar
from airdock.formats.yaml_writing import YamlWriting
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer

_CORE = "tag:yaml.org,2002:"


class YamlReading(Reading):
    """YAML becomes the value that it says, by the core schema of YAML 1.2.

    `yes`, `no`, `on` and dates are texts, `0o17` and `0x1F` are numbers. A name that is a number, true, false or null
    is that text. A name that stands twice in an object is an error, and so are tags of one's own and merge keys (`<<`).
    An alias is a copy of what it names.
    """

    slow = True

    documents: bool = field(Boolean(), "There may be several documents: the value is the list of them.", default=False)
    charset: str = charset_field(READ_CHARSET)
    max_depth: int = field(Integer(1, 200), "Lists and objects may be nested so many levels.", default=200)
    max_aliased: int = field(
        Integer(0, 10_000_000), "So many values may aliases add; more are a bomb.", default=100_000
    )

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> Any:
            documents = _Parser(self, text_of(data, content_type, self.charset)).documents()
            if self.documents:
                return documents
            if len(documents) != 1:
                found = "several documents: set `documents`" if documents else "empty"
                raise ContentError(f"it is {found}")
            return documents[0]

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


class _Parser:
    """Builds the values from the parser's events: composing would follow aliases without a bound."""

    def __init__(self, options: YamlReading, text: str) -> None:
        self._options = options
        self._events = self._read(text)
        self._anchors: dict[str, Any] = {}
        self._open: set[str] = set()
        self._left = options.max_aliased

    def documents(self) -> list[Any]:
        found = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                found.append(self._value(next(self._events), 1))
        return found

    def _read(self, text: str) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            what = ", ".join(part for part in (error.context, error.problem) if part)
            raise ContentError(f"{_place(error.problem_mark or error.context_mark)}{what}") from error
        except (yaml.YAMLError, UnicodeError) as error:
            raise ContentError(str(error).splitlines()[0]) from error

    def _value(self, event: yaml.Event, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._open.add(anchor)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif depth > self._options.max_depth:
            raise TooLargeError(f"{_at(event)}it is nested deeper than `maxDepth`, {self._options.max_depth} levels")
        else:
            value = (
                self._object(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)
            )
        if anchor:
            self._open.discard(anchor)
            self._anchors[anchor] = value
        return value

    def _object(self, event: yaml.Event, depth: int) -> dict[str, Any]:
        self._check_tag(event, "map")
        value: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._name(event)
            if name in value:
                raise ContentError(f"{_at(event)}the name {name!r:.80} stands twice")
            value[name] = self._value(next(self._events), depth + 1)
        return value

    def _list(self, event: yaml.Event, depth: int) -> list[Any]:
        self._check_tag(event, "seq")
        value: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            value.append(self._value(event, depth + 1))
        return value

    def _name(self, event: yaml.Event) -> str:
        name = self._value(event, 0) if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) else []
        if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style:
            raise ContentError(f"{_at(event)}merge keys (<<) are not read")
        if isinstance(name, dict | list):
            raise ContentError(f"{_at(event)}a name is no text")
        return name if isinstance(name, str) else msgspec.json.encode(name).decode()

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        try:
            if event.tag is None:
                return event.value if event.style else plain_scalar(event.value)
            if event.tag == "!":
                return event.value
            return tagged_scalar(event.value, self._check_tag(event, "str", "int", "float", "bool", "null"))
        except NotOfTypeError as error:
            raise ContentError(f"{_at(event)}{error}") from error

    def _check_tag(self, event: Any, *kinds: str) -> str:
        tag: str | None = event.tag
        if tag is None or tag == "!":
            return kinds[0]
        kind = tag.removeprefix(_CORE)
        if not tag.startswith(_CORE) or kind not in kinds:
            raise ContentError(f"{_at(event)}the tag {tag.replace(_CORE, '!!')!r:.80} is not read here")
        return kind

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Any:
        anchor = event.anchor or ""
        if anchor in self._open:
            raise ContentError(f"{_at(event)}the alias *{anchor:.80} stands inside what it names")
        if anchor not in self._anchors:
            raise ContentError(f"{_at(event)}there is no anchor &{anchor:.80} before this alias")
        return self._copy(self._anchors[anchor], depth, event)

    def _copy(self, value: Any, depth: int, event: yaml.Event) -> Any:
        self._left -= 1
        if self._left < 0:
            raise TooLargeError(f"{_at(event)}aliases add more than `maxAliased`, {self._options.max_aliased} values")
        if not isinstance(value, dict | list):
            return value
        if depth > self._options.max_depth:
            raise TooLargeError(f"{_at(event)}it is nested deeper than `maxDepth`, {self._options.max_depth} levels")
        if isinstance(value, dict):
            return {name: self._copy(each, depth + 1, event) for name, each in value.items()}
        return [self._copy(each, depth + 1, event) for each in value]


def _at(event: yaml.Event) -> str:
    return _place(event.start_mark)


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""


FORMAT = Format("yaml", YamlReading, YamlWriting)
