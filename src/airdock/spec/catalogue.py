"""The catalogue: which types of steps, connections and triggers there are.

A value, so that a locked-down server can have a smaller one.
"""

from collections.abc import Iterable, Iterator

from airdock.spec.connection import Connection
from airdock.spec.step import Step
from airdock.spec.trigger import Trigger
from airdock.spec.types import Place, Types


class Catalogue:
    """Step types by their word, found in any case; beside them those of connections and triggers.

    Attributes:
        steps, connections, triggers: By their word, in lower case.
    """

    def __init__(
        self,
        steps: Iterable[type[Step] | Place],
        connections: Iterable[type[Connection] | Place] = (),
        triggers: Iterable[type[Trigger] | Place] = (),
    ) -> None:
        """Raises ValueError when two of a kind claim one word."""
        self.steps: Types[Step] = Types("step", ((_word(each), each) for each in steps))
        self.connections: Types[Connection] = Types("connection", ((_word(each), each) for each in connections))
        self.triggers: Types[Trigger] = Types("trigger", ((_word(each), each) for each in triggers))

    def find(self, word: str) -> type[Step] | None:
        """A step type."""
        return self.steps.get(word.lower())

    def names(self) -> list[str]:
        """The words of the steps as the reference writes them."""
        return self.steps.names

    def without(self, *words: str) -> "Catalogue":
        """A catalogue that lacks the given types of steps."""
        gone = {word.lower() for word in words}
        steps = (step for word, step in self.steps.entries.items() if word not in gone)
        return Catalogue(steps, self.connections.entries.values(), self.triggers.entries.values())

    def __iter__(self) -> Iterator[type[Step]]:
        return iter(self.steps.values())


def _word(each: type[Step | Connection | Trigger] | Place) -> str:
    if isinstance(each, Place):
        return each.word
    return each.trigger if issubclass(each, Trigger) else each.type
