"""The repository as a source: what is published and activated, of which only what is new is read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from airdock.agent.content import Content, Entry, Snapshot
from airdock.agent.paths import is_passed_over, is_script, is_served, registry_path
from airdock.descriptor.reader import kind_of
from airdock.repository import BlobIds, ReleasedFiles, Repository

Fetch = Callable[[Collection[str]], Mapping[str, bytes]]


class RepositorySource:
    """What the agent serves of a repository. For one thread at a time.

    Scripts stay in memory, as a run may ask for one at any time and must not wait for the database; descriptors stay
    until they are compiled.
    """

    root_name = ""

    def __init__(self, repository: Repository, name: str = "the repository") -> None:
        """`name` is what messages call it."""
        self.name = name
        self._repository = repository
        self._blobs = Blobs(repository.blobs)
        self._registry: dict[str, tuple[ReleasedFiles, Content]] = {}
        self._sandboxes: dict[tuple[str, str], tuple[BlobIds, Content]] = {}

    def snapshot(self) -> Snapshot:
        """What is published and activated now.

        Raises:
            DatabaseError, RepositoryError: it cannot be read; the next call may go better.
        """
        taken = self._repository.snapshot()
        registry = {project: self._released(project, files) for project, files in taken.registry.items()}
        sandboxes = {key: self._activated(key, files) for key, files in taken.sandboxes.items()}
        before = _blobs_of((*self._registry.values(), *self._sandboxes.values()))
        now = _blobs_of((*registry.values(), *sandboxes.values()))
        self._blobs.fetch(now, now.keys() - before.keys())
        self._registry, self._sandboxes = registry, sandboxes
        by_user: dict[str, dict[str, Content]] = {}
        for (user, project), (_, content) in sandboxes.items():
            by_user.setdefault(user, {})[project] = content
        return Snapshot({project: content for project, (_, content) in registry.items()}, by_user)

    def settle(self) -> None:
        self._blobs.settle()

    def _released(self, project: str, files: ReleasedFiles) -> tuple[ReleasedFiles, Content]:
        before = self._registry.get(project)
        if before is not None and before[0] == files:
            return before
        return files, content_of(project, files.files, self._blobs.read, files.release)

    def _activated(self, key: tuple[str, str], files: BlobIds) -> tuple[BlobIds, Content]:
        before = self._sandboxes.get(key)
        if before is not None and before[0] == files:
            return before
        return files, content_of(key[1], files, self._blobs.read)


def _blobs_of(served: Iterable[tuple[Any, Content]]) -> dict[str, bool]:
    """Every content that is served, by its id, and whether a script has it."""
    found: dict[str, bool] = {}
    for _, content in served:
        for path, entry in content.files.items():
            blob = str(entry.stamp)
            found[blob] = found.get(blob, False) or is_script(path)
    return found


class Blobs:
    """The contents at hand, by id."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._scripts: dict[str, bytes] = {}
        self._descriptors: dict[str, bytes] = {}

    def fetch(self, wanted: Mapping[str, bool], new: Collection[str]) -> None:
        """Reads the new ones; scripts that are not wanted any more are forgotten.

        Args:
            wanted: Every id, and whether a script has it.
        """
        missing = [blob for blob, script in wanted.items() if blob in new or (script and blob not in self._scripts)]
        found = dict(self._fetch(missing)) if missing else {}
        self._descriptors = {blob: text for blob, text in found.items() if not wanted[blob]}
        # Replaced as a whole: runs read here meanwhile.
        self._scripts = {blob: text for blob, text in {**self._scripts, **found}.items() if wanted.get(blob)}

    def settle(self) -> None:
        """Descriptors are compiled: their contents are not needed any more."""
        self._descriptors = {}

    def read(self, blob: str) -> bytes:
        """A content; one that is not at hand comes from the repository, which may raise."""
        found = self._scripts.get(blob)
        if found is None:
            found = self._descriptors.get(blob)
        return found if found is not None else self._fetch([blob])[blob]


def content_of(
    project: str, blobs: Mapping[str, str], read: Callable[[str], bytes], release: int | None = None
) -> Content:
    """A project's files by the rules that folders have, too.

    Args:
        blobs: What each file holds, by path in the project. read: A content by that.
    """
    claims: dict[str, list[Entry]] = {}
    for file, blob in sorted(blobs.items()):
        *folders, name = file.split("/")
        if any(map(is_passed_over, (*folders, name))) or not is_served(name):
            continue
        path = registry_path(f"{project}/{file}")
        claims.setdefault(path, []).append(Entry(path, kind_of(path), f"{project}/{file}", blob))
    files = {path: entries[0] for path, entries in claims.items() if len(entries) == 1}

    def content(path: str) -> bytes | None:
        entry = files.get(path)
        return read(str(entry.stamp)) if entry is not None else None

    doubles = {path: tuple(entry.shown for entry in entries) for path, entries in claims.items() if len(entries) > 1}
    return Content(files, content, release=release, doubles=doubles)
