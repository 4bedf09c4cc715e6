"""One file while it is read: what the functions that read kinds of value share."""

from collections.abc import Callable
from typing import Any

from airdock.descriptor.paths import StepPaths
from airdock.descriptor.problems import Problems, shown
from airdock.descriptor.tree import Node
from airdock.errors import Place
from airdock.spec.catalogue import Catalogue
from airdock.spec.kinds import Kind

INVALID: Any = object()
"""Stands for a value that cannot be used; its problem has been noted."""

ReadKind = Callable[["Reading", Any, Node], Any]
"""Reads a node as a kind: the value, or `INVALID` after a problem was noted."""


class Reading:
    """What is known while one file is read.

    Attributes:
        catalogue: The step types that may be used. problems: What is wrong so far. paths: Paths of steps.
        kinds: How each kind of value is read. most_steps: How many steps the file may have.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        problems: Problems,
        kinds: dict[type[Kind], ReadKind],
        most_steps: int,
    ) -> None:
        self.catalogue = catalogue
        self.problems = problems
        self.kinds = kinds
        self.most_steps = most_steps
        self.paths = StepPaths()

    def value(self, kind: Kind, node: Node) -> Any:
        """The node read as a kind; `INVALID` when it cannot be."""
        return self.kinds[type(kind)](self, kind, node)

    def refuse(self, code: str, node: Node, message: str, hint: str = "", place: Place | None = None) -> Any:
        """Notes a problem of a node and gives `INVALID`."""
        self.problems.add(code, message, place or node.place, hint)
        return INVALID

    def wrong_type(self, node: Node, expected: str, hint: str = "") -> Any:
        """Notes that a node has another JSON type than it must have."""
        if node.value is None and node.parent is not None and not hint:
            hint = "leave it out instead"
        return self.refuse("descriptor.type", node, f"{label(node)} must be {expected}, not {type_name(node)}", hint)


_TYPE_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def type_name(node: Node) -> str:
    return _TYPE_NAMES[node.type]


def type_names(types: tuple[str, ...]) -> str:
    """`a text, an object or a list`."""
    return alternatives([_TYPE_NAMES[each] for each in _TYPE_ORDER if each in types])


_TYPE_ORDER = ("string", "number", "boolean", "object", "array", "null")


def alternatives(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def label(node: Node) -> str:
    """What an author would call a node: `` `message` ``, `` item 2 of `roles` ``, `the file`."""
    if isinstance(node.key, str):
        return f"`{shown(node.key)[1:-1]}`"
    if node.key is None or node.parent is None:
        return "the file"
    return f"item {node.key + 1} of {label(node.parent)}"
