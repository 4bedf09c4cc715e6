"""The catalogue: which types of steps, connections and triggers there are.

A value, so that a locked-down server can have a smaller one.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from airdock.spec.connection import Connection
from airdock.spec.step import Step
from airdock.spec.trigger import Trigger


class Catalogue:
    """Step types by their word, found in any case; beside them those of connections and triggers.

    Attributes:
        connections, triggers: By their word, in lower case.
    """

    def __init__(
        self,
        steps: Iterable[type[Step]],
        connections: Iterable[type[Connection]] = (),
        triggers: Iterable[type[Trigger]] = (),
    ) -> None:
        """Raises ValueError when two of a kind claim one word."""
        self._steps = _by_word("step", ((each.type, each) for each in steps))
        self.connections = _by_word("connection", ((each.type, each) for each in connections))
        self.triggers = _by_word("trigger", ((each.trigger, each) for each in triggers))

    def find(self, word: str) -> type[Step] | None:
        """A step type."""
        return self._steps.get(word.lower())

    def names(self) -> list[str]:
        """The words of the steps as the reference writes them."""
        return [step.type for step in self._steps.values()]

    def without(self, *words: str) -> "Catalogue":
        """A catalogue that lacks the given types of steps."""
        gone = {word.lower() for word in words}
        steps = (step for word, step in self._steps.items() if word not in gone)
        return Catalogue(steps, self.connections.values(), self.triggers.values())

    def __iter__(self) -> Iterator[type[Step]]:
        return iter(self._steps.values())


T = TypeVar("T")


def _by_word(what: str, types: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for word, each in types:
        if word.lower() in found:
            raise ValueError(f"two {what} types are called {word!r}")
        found[word.lower()] = each
    return found
