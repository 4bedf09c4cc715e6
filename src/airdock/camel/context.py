"""What the translation of a step may ask for."""

from collections.abc import Callable, Mapping
from typing import Any

from airdock.camel.notes import Notes, UntranslatableError, placeholder
from airdock.descriptor.tree import Node

StepDict = dict[str, Any]
Translate = Callable[["Context", Node], StepDict | list[StepDict] | None]
"""A processor's options as steps; None for nothing. Raises UntranslatableError."""


class Context:
    """One translation: its notes, and how steps inside steps are translated.

    Attributes:
        notes: What a person must know. project: The project that the flows are for.
    """

    def __init__(self, project: str, notes: Notes, processors: Mapping[str, Translate]) -> None:
        self.project = project
        self.notes = notes
        self._processors = processors

    def module(self, name: str) -> str:
        """The path of the flow that a `direct:` endpoint of that name becomes."""
        return f"/{self.project}/{name}.flow"

    def steps(self, node: Node | None) -> list[StepDict]:
        """A list of Camel's steps; what has no counterpart is a step that fails and says so."""
        if node is None:
            return []
        if not isinstance(node.value, list):
            return [placeholder(self.notes, node, "steps", "a list of steps was expected")]
        return [step for each in node.value for step in self._step(each)]

    def inside(self, node: Node) -> list[StepDict]:
        """The `steps` of a processor."""
        return self.steps(member(node, "steps"))

    def _step(self, node: Node) -> list[StepDict]:
        if isinstance(node.value, str):
            # `- stop` without anything behind it.
            name, options = node.value, node
        elif isinstance(node.value, dict) and len(node.value) == 1:
            ((name, options),) = node.value.items()
        else:
            return [placeholder(self.notes, node, "step", "one processor was expected")]
        translate = self._processors.get(name)
        if translate is None:
            return [placeholder(self.notes, node, name, "it has no counterpart")]
        try:
            made = translate(self, options)
        except UntranslatableError as error:
            return [placeholder(self.notes, node, name, str(error))]
        made = made if isinstance(made, list) else [] if made is None else [made]
        return self._named(made, options)

    def _named(self, made: list[StepDict], options: Node) -> list[StepDict]:
        if len(made) == 1:
            for name, target in (("id", "name"), ("description", "description")):
                given = text(options, name)
                if given:
                    made[0] = {"type": made[0]["type"], target: given, **made[0]}
            if text(options, "disabled") == "true":
                made[0]["when"] = "false"
        return made

    def ignore(self, node: Node, what: str, *names: str) -> None:
        """Notes the options of a processor that have no counterpart, those that are set."""
        for name in names:
            found = member(node, name)
            if found is not None and found.value not in (False, "false", None):
                self.notes.differs(found, f"{what}.{name}", "this option has no counterpart and is left out")


def member(node: Node, name: str) -> Node | None:
    """An option's node."""
    return node.value.get(name) if isinstance(node.value, dict) else None


def text(node: Node, name: str) -> str:
    """An option as a text; empty when it is not there."""
    found = member(node, name)
    if found is None or isinstance(found.value, dict | list) or found.value is None:
        return ""
    return str(found.value).lower() if isinstance(found.value, bool) else str(found.value)


def flag(node: Node, name: str) -> bool:
    """An option that is true."""
    return text(node, name).lower() == "true"


def number(node: Node, name: str) -> int | None:
    """A whole number, None when it is not there.

    Raises:
        UntranslatableError: it is there and none, as a placeholder is.
    """
    found = text(node, name)
    if not found:
        return None
    try:
        return int(found)
    except ValueError:
        raise UntranslatableError(f"{name} is {found!r}, and a number was expected") from None
