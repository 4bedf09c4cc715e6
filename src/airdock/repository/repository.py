"""The repository: drafts, activated copies and releases of projects in one database."""

from collections.abc import Collection

from airdock.database import Database
from airdock.repository import blobs, snapshot
from airdock.repository.difference import Difference, compare
from airdock.repository.errors import not_found
from airdock.repository.manifest import FileInfo
from airdock.repository.names import check_path, shown
from airdock.repository.registry import Registry
from airdock.repository.sandboxes import Sandboxes
from airdock.repository.sides import Side
from airdock.repository.snapshot import Snapshot
from airdock.repository.store import Store
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
        """What must be done to one side to get the other one."""
        with self._store.reading() as connection:
            return compare(before.files(connection), after.files(connection))

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
