"""The tree that both notations are read into: plain values that know where they stand in the author's text."""

import re
from bisect import bisect_right
from typing import Any, Literal

from airdock.errors import Place

_BREAK = re.compile(r"\r\n?|\n")
_PLAIN_NAME = re.compile(r"[A-Za-z_$][\w$-]*")
_LONGEST_NAME = 100
"""A path is for people; longer names are cut in it."""

Style = Literal["json", "plain", "single", "double", "literal", "folded"]
"""How a text was written; what maps an offset in its value to an offset in the file."""


class Source:
    """An author's text. Offsets count code points from 0; lines and columns count from 1."""

    __slots__ = ("_lines", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines = [0, *(match.end() for match in _BREAK.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def place(self, offset: int, path: str = "$") -> Place:
        line, column = self.position(offset)
        return Place(self.file, line, column, path)


class Node:
    """A value and where it stands.

    Attributes:
        value: An object as `dict[str, Node]`, a list as `list[Node]`, or a text, number, boolean or None.
        start, end: Offsets of its first character and behind its last.
        parent, key: The node that holds it, and the name or index there; None at the root.
        keys: Offset of each name, for an object. style: how a text was written.
    """

    __slots__ = ("_path", "end", "key", "keys", "parent", "source", "start", "style", "value")

    def __init__(
        self,
        source: Source,
        value: Any,
        start: int,
        end: int,
        parent: "Node | None" = None,
        key: str | int | None = None,
        style: Style = "json",
    ) -> None:
        self.source = source
        self.value = value
        self.start = start
        self.end = end
        self.parent = parent
        self.key = key
        self.style: Style = style
        self.keys: dict[str, int] = {}
        self._path: str | None = None

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.position(self.start)[1]

    @property
    def path(self) -> str:
        """JSON path, such as `$.steps[0].type`."""
        if self._path is None:
            self._path = "$" if self.parent is None else self.parent.path + _segment(self.key)
        return self._path

    @property
    def place(self) -> Place:
        return self.source.place(self.start, self.path)

    def key_place(self, name: str) -> Place:
        """Where the name of a member stands."""
        return self.source.place(self.keys.get(name, self.start), self.path + _segment(name))

    @property
    def type(self) -> str:
        """The JSON type: `"object"`, `"array"`, `"string"`, `"number"`, `"boolean"`, `"null"`."""
        return _TYPES[type(self.value)]

    def at(self, pointer: tuple[str | int, ...]) -> "Node":
        """The node below this one that a path of names and indexes leads to; the last that exists on the way."""
        node = self
        for key in pointer:
            child = node._child(key)
            if child is None:
                break
            node = child
        return node

    def _child(self, key: str | int) -> "Node | None":
        if isinstance(self.value, dict):
            return self.value.get(str(key))
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            item: Node = self.value[key]
            return item
        return None

    def plain(self) -> Any:
        """The value without positions, as the `json` module would give it."""
        value = self.value
        if isinstance(value, dict):
            return {name: child.plain() for name, child in value.items()}
        if isinstance(value, list):
            return [child.plain() for child in value]
        return value


_TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def _segment(key: str | int | None) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    name = key or ""
    if len(name) > _LONGEST_NAME:
        name = name[:_LONGEST_NAME] + "…"
    if _PLAIN_NAME.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"
