"""What could not be translated, and what a person should look at."""

from typing import Any, NamedTuple

from airdock.descriptor.tree import Node
from airdock.errors import Place


class Note(NamedTuple):
    """Something that a person must know of a translation.

    Attributes:
        place: In Camel's file. what: What stands there: `to`, `aggregate.aggregationRepository`. message: The sentence.
        lost: It is not in the translation, and a run that comes there fails; else it is there and may differ.
    """

    place: Place
    what: str
    message: str
    lost: bool


class UntranslatableError(Exception):
    """Something has no counterpart; the message says what and, where there is one, the next move."""


class Notes:
    """Gathers notes."""

    def __init__(self) -> None:
        self.found: list[Note] = []

    def lost(self, node: Node, what: str, message: str) -> None:
        self.found.append(Note(node.place, what, message, True))

    def differs(self, node: Node, what: str, message: str) -> None:
        self.found.append(Note(node.place, what, message, False))


def placeholder(notes: Notes, node: Node, what: str, message: str) -> dict[str, Any]:
    """A step in place of one that has no counterpart: a run that comes there fails and says why."""
    notes.lost(node, what, message)
    line = node.line
    return {"type": "throw", "code": "import.untranslated", "message": _plain(f"line {line}: {what}: {message}")}


def _plain(text: str) -> str:
    return text.replace("${", "$${")
