"""Reading of what depends on a word for the outside: connections by their type, listeners by their trigger."""

from typing import Any, TypeVar

from airdock.descriptor.names import hint, nearest
from airdock.descriptor.problems import shown
from airdock.descriptor.reading import INVALID, Reading, label
from airdock.descriptor.records import read_spec
from airdock.descriptor.tree import Node
from airdock.spec import kinds
from airdock.spec.connection import Connection
from airdock.spec.descriptors import Listener
from airdock.spec.types import Types

T = TypeVar("T")


def read_connection(reading: Reading, node: Node) -> Any:
    """A connection, of the type that its `type` names."""
    if not isinstance(node.value, dict):
        return reading.wrong_type(node, "an object")
    word = node.value.get("type")
    if word is None:
        misspelt = nearest("type", (name for name in node.value if name not in Connection.fields))
        advice = f"is '{misspelt}' meant to be it?" if misspelt else "it says what kind of service is reached"
        return reading.refuse("descriptor.missingField", node, "a connection needs `type`", advice)
    types = reading.catalogue.connections
    spec = _named(reading, types, "connection", word, "descriptor.unknownConnection")
    return INVALID if spec is None else read_spec(reading, spec, node, f"the `{spec.type}` connection", ("type",))


def read_listener(reading: Reading, node: Node) -> Any:
    """A listener whose `params` are those of its trigger, also where it has none."""
    listener = read_spec(reading, Listener, node, "a listener")
    if listener is INVALID or listener.params is not None:
        return listener
    listener.params = read_params(reading, kinds.Params(), _nothing_in(node))
    return INVALID if listener.params is INVALID else listener


def read_params(reading: Reading, kind: kinds.Params, node: Node) -> Any:
    """The settings of the trigger that stands beside them."""
    siblings = node.parent.value if node.parent is not None else {}
    word = siblings.get("trigger")
    types = reading.catalogue.triggers
    if word is None:
        return INVALID  # that it is missing is told by whoever reads the listener
    spec = _named(reading, types, "trigger", word, "descriptor.unknownTrigger")
    return INVALID if spec is None else read_spec(reading, spec, node, f"`params` of the trigger `{spec.trigger}`")


def _named(reading: Reading, types: Types[T], what: str, word: Node, code: str) -> type[T] | None:
    if not isinstance(word.value, str):
        reading.wrong_type(word, f"a text: the {label(word)[1:-1]} of the {what}")
        return None
    found = types.get(word.value.lower())
    if found is None:
        suggestion = hint(word.value, types.names, f"the {what}s are ")
        reading.refuse(code, word, f"unknown {what} {shown(word.value)}", suggestion)
    return found


def _nothing_in(node: Node) -> Node:
    """Stands for `params` that were left out."""
    return Node(node.source, {}, node.start, node.end, node, "params")
