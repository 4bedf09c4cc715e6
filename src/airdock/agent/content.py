"""What is to be served at one moment: the files of each project, of the registry and of the sandboxes."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from airdock.agent.paths import project_of

Read = Callable[[str], bytes | None]
Difference = Literal["added", "changed", "removed"]
NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Entry(NamedTuple):
    """A file of the registry or of a sandbox.

    Attributes:
        path: Path in the registry, `project/orders.flow`. kind: Kind of descriptor; None for a script.
        shown: The file as its author knows it, with its folder and suffix.
        stamp: Another one when the file has changed.
    """

    path: str
    kind: str | None
    shown: str
    stamp: Hashable


class Content:
    """One project at one moment; it never changes. Descriptors at the root are a project without a name.

    Attributes:
        files: By registry path. release: Number of the release; None where there are none.
        doubles: Registry paths that several files claim, and these as their author knows them; none is in `files`.
        refused: Files that are passed over, as their author knows them, and why.
        read: What the file at a registry path holds; None when there is none.
    """

    __slots__ = ("doubles", "files", "read", "refused", "release")

    def __init__(
        self,
        files: Mapping[str, Entry],
        read: Read,
        *,
        release: int | None = None,
        doubles: Mapping[str, tuple[str, ...]] = NOTHING,
        refused: Mapping[str, str] = NOTHING,
    ) -> None:
        self.files = files
        self.read = read
        self.release = release
        self.doubles = doubles
        self.refused = refused

    @property
    def margin(self) -> tuple[Any, ...]:
        """What there is beside the files."""
        return self.release, self.doubles, self.refused


Contents = Mapping[str, Content]
"""Projects by name."""


class Snapshot(NamedTuple):
    """Everything at one moment: the registry, and each user's sandbox."""

    registry: Contents
    sandboxes: Mapping[str, Contents] = NOTHING


class Source(Protocol):
    """Where descriptors and scripts come from.

    Attributes:
        name: What people call it: the folder, or the repository.
        root_name: The name of the folder that is the registry; empty where there is none.
    """

    @property
    def name(self) -> str: ...
    @property
    def root_name(self) -> str: ...

    def snapshot(self) -> Snapshot:
        """Everything as it is now. A project that has not changed is the same object as before, where that is known."""
        ...

    def settle(self) -> None:
        """The snapshot was taken in: what was only kept for that may go."""
        ...


class Files:
    """The files of one space at one moment: its own projects, which hide those beneath of the same name."""

    __slots__ = ("_beneath", "contents")

    def __init__(self, contents: Contents = NOTHING, beneath: "Files | None" = None) -> None:
        self.contents = contents
        self._beneath = beneath

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.find(path) is not None

    def __iter__(self) -> Iterator[str]:
        """Every path, those beneath included."""
        for content in self.contents.values():
            yield from content.files
        if self._beneath is not None:
            yield from (path for path in self._beneath if project_of(path) not in self.contents)

    def find(self, path: str) -> Entry | None:
        """The file at a registry path."""
        content = self._content(path)
        return content.files.get(path) if content is not None else None

    def read(self, path: str) -> bytes | None:
        """What a file holds, None when there is none; raises what the source raises."""
        content = self._content(path)
        return content.read(path) if content is not None else None

    def shown(self, path: str) -> str:
        """The file as its author knows it."""
        entry = self.find(path)
        return path if entry is None else entry.shown

    def is_own(self, path: str) -> bool:
        """Whether the path is one of the space's own projects."""
        return self._beneath is None or project_of(path) in self.contents

    def _content(self, path: str) -> Content | None:
        content = self.contents.get(project_of(path))
        if content is None and self._beneath is not None:
            return self._beneath._content(path)
        return content


def margins(contents: Contents) -> dict[str, tuple[Any, ...]]:
    """What there is beside the files, by project."""
    return {name: content.margin for name, content in contents.items()}


def changed_files(before: Contents, now: Contents) -> dict[str, Difference]:
    """The paths of files that differ between two moments: `added`, `changed` or `removed`."""
    changes: dict[str, Difference] = {}
    for name in before.keys() | now.keys():
        old, new = before.get(name), now.get(name)
        if old is not new:
            _compare(old.files if old else NOTHING, new.files if new else NOTHING, changes)
    return changes


def _compare(before: Mapping[str, Entry], now: Mapping[str, Entry], changes: dict[str, Difference]) -> None:
    for path, entry in now.items():
        old = before.get(path)
        if old is None:
            changes[path] = "added"
        elif old.stamp != entry.stamp or old.shown != entry.shown:
            changes[path] = "changed"
    changes.update((path, "removed") for path in before if path not in now)
