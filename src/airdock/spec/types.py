"""Types by the word that descriptors write, imported when they are first asked for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type is found.

    Attributes:
        word: What descriptors write. module, name: What is imported.
    """

    word: str
    module: str
    name: str

    def load(self) -> Any:
        """The type. Raises what importing it raises."""
        return getattr(import_module(self.module), self.name)


class Types(Mapping[str, type[T]]):
    """The types of one kind by their word in lower case, in the order of the reference.

    Attributes:
        entries: The types, or where they are found, by their word in lower case.
        names: The words as the reference writes them.
    """

    def __init__(self, what: str, entries: Iterable[tuple[str, type[T] | Place]]) -> None:
        """`what` names the kind. Raises ValueError when two claim one word."""
        self.entries: dict[str, type[T] | Place] = {}
        self.names: list[str] = []
        for word, each in entries:
            if word.lower() in self.entries:
                raise ValueError(f"two {what} types are called {word!r}")
            self.entries[word.lower()] = each
            self.names.append(word)

    def __getitem__(self, word: str) -> type[T]:
        found = self.entries[word]
        if isinstance(found, Place):
            found = self.entries[word] = found.load()
        return found

    def __contains__(self, word: object) -> bool:
        return word in self.entries  # nothing is imported for it

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
