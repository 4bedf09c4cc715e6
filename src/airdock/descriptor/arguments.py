"""The arguments of a step template: what stands for `{{name}}` in its steps."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from airdock.descriptor.problems import shown
from airdock.descriptor.reading import INVALID, Reading, label
from airdock.descriptor.tree import Node
from airdock.expressions import ExpressionSyntaxError
from airdock.expressions.scanner import pieces
from airdock.spec import kinds
from airdock.spec.template import Parameter

_PLACEHOLDER = re.compile(r"\{\{([A-Za-z_]\w*)\}\}")
_LITERAL = (kinds.Literal, kinds.JsonSchema)
"""Kinds whose texts are what they are."""


class Arguments:
    """The arguments of one use of a template.

    Attributes:
        values: By parameter; None for one that was left out and has no default.
    """

    def __init__(self, parameters: Mapping[str, Parameter], values: Mapping[str, Node | None]) -> None:
        self.values = values
        self._sources = {name for name, parameter in parameters.items() if parameter.type == "expression"}

    def is_absent(self, node: Node) -> bool:
        """Whether a field is nothing but a parameter that was left out."""
        match = _PLACEHOLDER.fullmatch(node.value) if isinstance(node.value, str) else None
        return match is not None and match[1] in self.values and self.values[match[1]] is None

    def fill(self, reading: Reading, kind: kinds.Kind, node: Node) -> Any:
        """A value of the template with the arguments in it; the same node where it holds none.

        Gives `INVALID` after a problem was noted.
        """
        if isinstance(kind, _LITERAL):
            return node
        if isinstance(node.value, str):
            return self._text(reading, kind, node) if "{{" in node.value else node
        # What holds other fields is read field by field; a template's value is one.
        return self._deep(reading, kind, node) if isinstance(kind, kinds.Template) else node

    def _deep(self, reading: Reading, kind: kinds.Kind, node: Node) -> Any:
        if not isinstance(node.value, dict | list):
            return self.fill(reading, kind, node) if isinstance(node.value, str) else node
        filled = _like(node, node, None)
        children = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
        made = {key: self._deep(reading, kind, child) for key, child in children if not self.is_absent(child)}
        if any(child is INVALID for child in made.values()):
            return INVALID
        for child in made.values():
            child.parent = filled
        filled.value = made if isinstance(node.value, dict) else list(made.values())
        filled.keys = node.keys
        return filled

    def _text(self, reading: Reading, kind: kinds.Kind, node: Node) -> Any:
        unknown = [name for name in _PLACEHOLDER.findall(node.value) if name not in self.values]
        if unknown:
            names = ", ".join(self.values) or "none"
            message = f"{label(node)} names {shown(unknown[0])}, which is no parameter of the template"
            return reading.refuse("descriptor.value", node, message, f"the parameters are: {names}")
        alone = _PLACEHOLDER.fullmatch(node.value)
        if isinstance(kind, kinds.Expression):
            return _like(node, node, self._in_expression(node.value))
        if alone:
            return self._alone(alone[1], kind, node)
        try:
            return _like(node, node, "".join(self._pieces(node)))
        except _NotTextError as error:
            kind_name = "an object" if isinstance(error.node.value, dict) else "a list"
            message = f"{label(node)} holds a longer text, and the argument for {shown(error.name)} is {kind_name}"
            return reading.refuse("descriptor.value", node, message, "let the placeholder stand alone in the text")

    def _alone(self, name: str, kind: kinds.Kind, node: Node) -> Node:
        argument = self.values[name]
        if argument is None:
            return _like(node, node, None)
        if name in self._sources and isinstance(kind, kinds.Template):
            return _like(node, argument, "${" + argument.value + "}")
        return _like(node, argument, argument.value)

    def _pieces(self, node: Node) -> Iterator[str]:
        """The parts of a longer text."""
        text: str = node.value
        at = 0
        for start, end in _expressions(text):
            yield self._outside(text[at:start])
            yield self._in_expression(text[start:end])
            at = end
        yield self._outside(text[at:])

    def _outside(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._as_text(match[1]), text)

    def _as_text(self, name: str) -> str:
        argument = self.values[name]
        if argument is None:
            return ""
        if isinstance(argument.value, dict | list):
            raise _NotTextError(name, argument)
        if name in self._sources:
            return f"${{{argument.value}}}"
        return str(argument.value) if isinstance(argument.value, str) else json.dumps(argument.value)

    def _in_expression(self, source: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._as_expression(match[1]), source)

    def _as_expression(self, name: str) -> str:
        argument = self.values[name]
        if argument is None:
            return "null"
        return f"({argument.value})" if name in self._sources else expression_of(argument.plain())


class _NotTextError(Exception):
    def __init__(self, name: str, node: Node) -> None:
        super().__init__(name)
        self.name = name
        self.node = node


def expression_of(value: Any) -> str:
    """The JSONata source that gives what a template of the value gives."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {expression_of(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(expression_of(each) for each in value) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    parts = [f"({each.text})" if each.expression else json.dumps(each.text) for each in _pieces_of(value)]
    return parts[0] if len(parts) == 1 else f"({' & '.join(parts)})" if parts else '""'


def _pieces_of(text: str) -> Any:
    try:
        return pieces(text)
    except ExpressionSyntaxError:
        # What is wrong with it is told where it is read as a text.
        return []


def _expressions(text: str) -> list[tuple[int, int]]:
    """Where the sources of a text's `${}` begin and end."""
    return [(each.start, each.start + len(each.text)) for each in _pieces_of(text) if each.expression]


def _like(node: Node, placed: Node, value: Any) -> Node:
    """A node in the place of another within the template, which an author finds at `placed`."""
    made = Node(placed.source, value, placed.start, placed.end, node.parent, node.key, placed.style)
    made.keys = placed.keys
    return made
