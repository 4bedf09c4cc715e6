"""The catalogue: which step types there are. A value, so that a locked-down server can have a smaller one."""

from collections.abc import Iterable, Iterator

from airdock.spec.step import Step


class Catalogue:
    """Step types by their word, found in any case."""

    def __init__(self, steps: Iterable[type[Step]]) -> None:
        """Raises ValueError when two steps claim one word."""
        self._steps: dict[str, type[Step]] = {}
        for step in steps:
            if step.type.lower() in self._steps:
                raise ValueError(f"two step types are called {step.type!r}")
            self._steps[step.type.lower()] = step

    def find(self, word: str) -> type[Step] | None:
        return self._steps.get(word.lower())

    def names(self) -> list[str]:
        """The words as the reference writes them."""
        return [step.type for step in self._steps.values()]

    def without(self, *words: str) -> "Catalogue":
        """A catalogue that lacks the given types."""
        gone = {word.lower() for word in words}
        return Catalogue(step for word, step in self._steps.items() if word not in gone)

    def __iter__(self) -> Iterator[type[Step]]:
        return iter(self._steps.values())
