"""The repository: drafts, activated copies and releases of projects in one database."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from airdock.database import Database
from airdock.repository import blobs, garbage, releases, snapshot
from airdock.repository.archive import write_zip
from airdock.repository.difference import Difference, compare
from airdock.repository.errors import not_found
from airdock.repository.garbage import KEPT_SECONDS
from airdock.repository.manifest import FileInfo, Manifest
from airdock.repository.names import check_path, check_project, shown
from airdock.repository.registry import Registry
from airdock.repository.sandboxes import Sandboxes
from airdock.repository.sides import InRegistry, Side
from airdock.repository.snapshot import Snapshot
from airdock.repository.store import Store
from airdock.repository.text_difference import FileDifference, compare_texts
from airdock.repository.workspaces import FileContent, Workspaces


class Repository:
    """Everything that is stored of projects. It may be used from several threads and processes at once.

    Every method raises `RepositoryError` for what it refuses, and `DatabaseError` when the database cannot be used;
    nothing was changed then.
    """

    def __init__(self, database: Database) -> None:
        """
        Args:
            database: Opened, so that its tables are there.
        """
        self._store = Store(database)
        self.workspaces = Workspaces(self._store)
        self.sandboxes = Sandboxes(self._store)
        self.registry = Registry(self._store)

    def files(self, side: Side) -> list[FileInfo]:
        """The files of a side, sorted by path."""
        with self._store.reading() as connection:
            found = side.files(connection)
        return [found[path] for path in sorted(found)]

    def read(self, side: Side, path: str) -> FileContent:
        """One file of a side."""
        check_path(path)
        with self._store.reading() as connection:
            file = side.files(connection).get(path)
            if file is None:
                raise not_found(f"the project has no file {shown(path)}")
            return FileContent(blobs.load(connection, [file.etag])[file.etag], file.etag)

    def contents(self, side: Side) -> dict[str, bytes]:
        """Every file of a side by path, as a `Check` takes them."""
        with self._store.reading() as connection:
            return blobs.contents(connection, side.files(connection))

    def difference(self, before: Side, after: Side) -> Difference:
        """What must be done to one side to get the other one.

        The registry is a side without files for a project that is not published.
        """
        with self._store.reading() as connection:
            return compare(_files(connection, before), _files(connection, after))

    def text_difference(self, before: Side, after: Side) -> list[FileDifference]:
        """The same, file by file, with a unified diff of those that are texts of a bounded size."""
        with self._store.reading() as connection:
            old, new = _files(connection, before), _files(connection, after)
            difference = compare(old, new)
            old_contents = blobs.contents(connection, _named(old, (*difference.changed, *difference.removed)))
            new_contents = blobs.contents(connection, _named(new, (*difference.added, *difference.changed)))
        return compare_texts(difference, old_contents, new_contents)

    def export_zip(self, side: Side) -> bytes:
        """Every file of a side as a zip archive; the same files give the same bytes. `read_zip` reads it."""
        return write_zip(self.contents(side))

    def collect_garbage(self, keep: float = KEPT_SECONDS) -> int:
        """Removes contents that nothing refers to any more, neither a draft nor a sandbox nor a release.

        Args:
            keep: Seconds for which a content stays after it was found unused, for those who still read an earlier
                snapshot; so it takes a second call to remove it.

        Returns:
            How many were removed.
        """
        return garbage.collect(self._store, keep)

    def snapshot(self) -> Snapshot:
        """What is published and activated, at one moment."""
        with self._store.reading() as connection:
            return snapshot.take(connection)

    def blob(self, id: str) -> bytes:
        """A content by its id."""
        return self.blobs([id])[id]

    def blobs(self, ids: Collection[str]) -> dict[str, bytes]:
        """Contents by their ids, read together."""
        with self._store.reading() as connection:
            return blobs.load(connection, ids)


def _files(connection: Connection, side: Side) -> Manifest:
    if isinstance(side, InRegistry) and side.release is None:
        check_project(side.project)
        state = releases.state(connection, side.project)
        if state is None or state.current is None:
            return {}
    return side.files(connection)


def _named(manifest: Manifest, paths: Iterable[str]) -> Manifest:
    return {path: manifest[path] for path in paths}
