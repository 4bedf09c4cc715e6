"""YAML read into the same tree as JSON.

A file in YAML says what the same file in JSON would say: plain scalars that JSON would read as a number, `true`,
`false` or `null` are those (`True` and `~` as well), and everything else is a text: `yes`, `on`, `2026-01-01`,
`0123`. Events are read one by one rather than composed, because composing recurses without a bound.
"""

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, NoReturn

import yaml

from airdock.descriptor.problems import Problems, Unreadable, shown
from airdock.descriptor.tree import Node, Source, Style

MOST_ALIASED = 10_000
"""Values that aliases may add to a file; more is an attack, or a mistake."""

_CORE = "tag:yaml.org,2002:"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][-+]?[0-9]++)?+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_KINDS: dict[str, type[Any]] = {"str": str, "int": int, "float": float, "bool": bool, "null": type(None)}
_LONGEST_NUMBER = 4000
_ADVICE = {
    "mapping values are not allowed in this context": (
        "write a text with ': ' in it in quotes, and begin the fields of an object in one column"
    ),
    "did not find expected '-' indicator": "begin the fields of an item in one column",
    "did not find expected key": (
        "begin the fields of an object in one column, and write a text that begins with '{', '[' or a quote in quotes"
    ),
    "found character that cannot start any token": "write a text that begins with such a character in quotes",
}
"""The next move, by what the parser says."""


def parse_yaml(source: Source, problems: Problems, deepest: int = 100) -> Node:
    """The tree of a text. A name that stands twice in an object is noted and the first one kept.

    Raises:
        Unreadable: the text is not well-formed, nested deeper than `deepest` levels, or uses what a descriptor may
            not: several documents, tags of one's own, merge keys, aliases that grow without measure. The problem
            was noted.
    """
    return _Parser(source, problems, deepest).document()


class _Parser:
    def __init__(self, source: Source, problems: Problems, deepest: int) -> None:
        self.source = source
        self.problems = problems
        self.deepest = deepest
        self.anchors: dict[str, Node | None] = {}
        self.aliased = 0
        self.events = self._read()

    def document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._fail("a descriptor is one document", event, hint="leave out what is behind ---")
                root = self._value(next(self.events), None, None, 1)
        if root is None:
            self._fail_at("the file is empty", 0)
        return root

    def _read(self) -> Iterator[yaml.Event]:
        forbidden = _FORBIDDEN.search(self.source.text)
        if forbidden is not None:
            self._fail_at(f"the character U+{ord(forbidden[0]):04X} cannot stand in YAML", forbidden.start())
        try:
            yield from yaml.parse(self.source.text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = mark.index if mark else 0
            text = ", ".join(part for part in (error.context, error.problem) if part)
            self._fail_at(f"this is not well-formed YAML: {text}", at, hint=self._advice(error.problem or "", at))
        except yaml.YAMLError as error:
            self._fail_at(f"this is not well-formed YAML: {str(error).splitlines()[0]}", 0)

    def _advice(self, problem: str, at: int) -> str:
        if self.source.text[at : at + 1] == "\t":
            return "indent with spaces, not with a tab"
        return _ADVICE.get(problem, "")

    def _value(self, event: yaml.Event, parent: Node | None, key: str | int | None, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, parent, key, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = None
        end = event.end_mark.index if event.end_mark else 0
        node = Node(self.source, None, _start(event), end, parent, key)
        if isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event)
            node.style = _STYLES.get(event.style, "plain")
        else:
            if depth > self.deepest:
                self._fail(f"nested deeper than {self.deepest} levels", event, code="descriptor.tooLarge")
            self._check_tag(event, "map" if isinstance(event, yaml.MappingStartEvent) else "seq")
            (self._object if isinstance(event, yaml.MappingStartEvent) else self._list)(node, depth)
        if anchor:
            self.anchors[anchor] = node
        return node

    def _object(self, node: Node, depth: int) -> None:
        node.value = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self._name(event)
            child = self._value(next(self.events), node, name, depth + 1)
            if name in node.value:
                place = self.source.place(_start(event), child.path)
                self.problems.add_duplicate(name, place, self.source.position(node.keys[name]))
            else:
                node.keys[name] = _start(event)
                node.value[name] = child

    def _list(self, node: Node, depth: int) -> None:
        items: list[Node] = []
        node.value = items
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._value(event, node, len(items), depth + 1))

    def _name(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._fail("a name must be a text", event, hint="write the name out, in quotes")
        value = self._scalar(event)
        if not isinstance(value, str):
            self._fail(f"the name {shown(event.value or 'null')[1:-1]} is not a text", event, hint="write it in quotes")
        if value == "<<" and not event.style:
            self._fail("merge keys are not read", event, hint="write the fields out")
        return value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = event.value
        tag = event.tag
        if tag is None:
            return text if event.style else self._plain(text, event)
        if tag == "!":
            return text
        kind = self._check_tag(event, "str", "int", "float", "bool", "null")
        value = text if kind == "str" else self._plain(text, event)
        if kind == "float" and type(value) is int:
            value = float(value)
        if not isinstance(value, _KINDS[kind]) or (kind == "int" and isinstance(value, bool)):
            self._fail(f"{shown(text)} does not fit its tag !!{kind}", event)
        return value

    def _plain(self, text: str, event: yaml.ScalarEvent) -> Any:
        folded = text if text == text.lower() else text.lower() if text in (text.capitalize(), text.upper()) else " "
        if folded in _WORDS:
            return _WORDS[folded]
        match = _NUMBER.fullmatch(text)
        if match is None:
            if _NOT_FINITE.fullmatch(text):
                self._fail(f"{text} is not a number that a descriptor can hold", event)
            return text
        if len(text) > _LONGEST_NUMBER:
            self._fail("this number has too many digits", event, code="descriptor.tooLarge")
        if not (match[1] or match[2]):
            return int(text)
        value = float(text)
        if not isfinite(value):
            self._fail(f"the number {shown(text)} is too large", event)
        return value

    def _check_tag(self, event: Any, *kinds: str) -> str:
        tag: str | None = event.tag
        if tag is None or tag == "!":
            return kinds[0]
        kind = tag.removeprefix(_CORE)
        if tag.startswith(_CORE) and kind in kinds:
            return kind
        self._fail(f"the tag {shown(tag.replace(_CORE, '!!'))} means nothing here", event, hint="leave it out")

    def _alias(self, event: yaml.AliasEvent, parent: Node | None, key: str | int | None, depth: int) -> Node:
        name = event.anchor or ""
        target = self.anchors.get(name)
        if name not in self.anchors:
            self._fail(f"no anchor &{shown(name)[1:-1]} stands before this alias", event)
        if target is None:
            self._fail(f"the alias *{shown(name)[1:-1]} stands inside the value that it names", event)
        return self._copy(target, parent, key, depth, event)

    def _copy(self, node: Node, parent: Node | None, key: str | int | None, depth: int, event: yaml.Event) -> Node:
        self.aliased += 1
        if self.aliased > MOST_ALIASED:
            self._fail(f"aliases add more than {MOST_ALIASED:,} values", event, code="descriptor.tooLarge")
        if depth > self.deepest and isinstance(node.value, dict | list):
            self._fail(f"nested deeper than {self.deepest} levels", event, code="descriptor.tooLarge")
        copy = Node(node.source, node.value, node.start, node.end, parent, key, node.style)
        if isinstance(node.value, dict):
            copy.keys = node.keys
            copy.value = {name: self._copy(child, copy, name, depth + 1, event) for name, child in node.value.items()}
        elif isinstance(node.value, list):
            copy.value = [self._copy(child, copy, index, depth + 1, event) for index, child in enumerate(node.value)]
        return copy

    def _fail(self, message: str, event: yaml.Event, *, hint: str = "", code: str = "descriptor.syntax") -> NoReturn:
        self._fail_at(message, _start(event), hint=hint, code=code)

    def _fail_at(self, message: str, offset: int, *, hint: str = "", code: str = "descriptor.syntax") -> NoReturn:
        place = self.source.place(min(offset, len(self.source.text)))
        self.problems.add(code, message, place, hint)
        raise Unreadable


def _start(event: yaml.Event) -> int:
    return event.start_mark.index if event.start_mark else 0
