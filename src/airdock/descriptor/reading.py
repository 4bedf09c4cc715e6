"""One file while it is read: what the functions that read kinds of value share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

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


class FilledIn(Protocol):
    """The arguments of a step template while its steps are read."""

    def is_absent(self, node: Node) -> bool:
        """Whether a field is nothing but a parameter that was left out."""

    def fill(self, reading: "Reading", kind: Kind, node: Node) -> Any:
        """The node with the arguments in it; `INVALID` after a problem was noted."""


class TemplateFiles(Protocol):
    """Where step templates are."""

    def content(self, path: str) -> tuple[bytes, str] | None:
        """What the template at a registry path holds, and the file as its author knows it; None when there is none."""

    def meant(self, path: str) -> str:
        """What an author meant who named a path that is not there; may be empty."""


class NoTemplates:
    """There are none."""

    def content(self, path: str) -> tuple[bytes, str] | None:
        return None

    def meant(self, path: str) -> str:
        return ""


class Reading:
    """What is known while one file is read.

    Attributes:
        catalogue: The step types that may be used. problems: What is wrong so far. paths: Paths of steps.
        kinds: How each kind of value is read. most_steps: How many steps the file may have.
        arguments: Of the step template whose steps are read; None outside of templates.
        templates: The paths of the templates that are being read, each inside the one before.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        problems: Problems,
        kinds: dict[type[Kind], ReadKind],
        most_steps: int,
        find_template: Callable[[str], Node | None] = lambda path: None,
        meant: Callable[[str], str] = lambda path: "",
    ) -> None:
        """`find_template`: the tree of a template by its registry path. `meant`: what a path that is not there was
        meant to be."""
        self.catalogue = catalogue
        self.problems = problems
        self.kinds = kinds
        self.most_steps = most_steps
        self.find_template = find_template
        self.meant = meant
        self.paths = StepPaths()
        self.arguments: FilledIn | None = None
        self.templates: tuple[str, ...] = ()
        # Paths of steps are kept by the identity of nodes, which must therefore stay.
        self._filled: list[Node] = []

    @contextmanager
    def within(self, arguments: FilledIn, *path: str) -> Iterator[None]:
        """Reads the steps of a template with its arguments in them."""
        before = self.arguments, self.templates
        self.arguments, self.templates = arguments, (*self.templates, *path)
        try:
            yield
        finally:
            self.arguments, self.templates = before

    def value(self, kind: Kind, node: Node) -> Any:
        """The node read as a kind; `INVALID` when it cannot be."""
        if self.arguments is not None:
            filled = self.arguments.fill(self, kind, node)
            if filled is INVALID:
                return INVALID
            if filled is not node:
                self._filled.append(filled)
                node = filled
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
