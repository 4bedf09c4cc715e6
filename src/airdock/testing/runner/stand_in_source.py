"""The files of a project, and empty ones for what tests mock of projects that are not at hand."""

from collections.abc import Callable, Iterable, Mapping

from airdock.agent.content import Content, Contents, Entry, Read, Snapshot, Source
from airdock.agent.paths import project_of
from airdock.agent.repository import content_of
from airdock.descriptor.reader import kind_of
from airdock.repository.manifest import blob_id

_EMPTY = {
    ".flow": b'{"steps": []}',
    # Whatever function of it is named is there; a mock stands in for it.
    ".py": b"def __getattr__(name):\n    return lambda exchange: None\n",
    ".js": b"exports.service = () => undefined;\n",
}


class StandInSource:
    """A source with empty flows and scripts in place of those that it lacks."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.absent: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def root_name(self) -> str:
        return self.source.root_name

    def snapshot(self) -> Snapshot:
        registry = dict(self.source.snapshot().registry)
        for project in sorted({project_of(path) for path in self.absent}):
            paths = [path for path in self.absent if project_of(path) == project]
            registry[project] = _filled(registry.get(project), paths)
        return Snapshot(registry)

    def settle(self) -> None:
        self.source.settle()

    def stand_in_for(self, paths: Iterable[str]) -> bool:
        """From now on there are empty files for these, where there are none; whether that is anything new."""
        there = self.source.snapshot().registry
        absent = frozenset(
            path for path in paths if (content := there.get(project_of(path))) is None or path not in content.files
        )
        changed = absent != self.absent
        self.absent = absent
        return changed


class ProjectSource:
    """One project whose files are at hand."""

    def __init__(self, project: str, files: Mapping[str, bytes]) -> None:
        """`files` has what each path in the project holds."""
        blobs = {path: blob_id(content) for path, content in files.items()}
        contents = {blobs[path]: content for path, content in files.items()}
        self.name = self.root_name = project
        self._contents: Contents = {project: content_of(project, blobs, contents.__getitem__)}

    def snapshot(self) -> Snapshot:
        return Snapshot(self._contents)

    def settle(self) -> None:
        """Nothing is kept."""


def _filled(content: Content | None, paths: Iterable[str]) -> Content:
    entries = dict(content.files) if content is not None else {}
    made = {path: Entry(path, kind_of(path), path, "stand-in") for path in paths}
    read = _reading(content.read if content is not None else None, made)
    if content is None:
        return Content(made, read)
    return Content({**entries, **made}, read, doubles=content.doubles, refused=content.refused)


def _reading(read: Read | None, made: Mapping[str, Entry]) -> Callable[[str], bytes | None]:
    def content_at(path: str) -> bytes | None:
        if path in made:
            return _EMPTY[path[path.rindex(".") :]]
        return read(path) if read is not None else None

    return content_at
