"""Workspaces: each user's drafts of projects."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from airdock.repository import drafts, releases
from airdock.repository.blobs import NewBlobs, load
from airdock.repository.bounds import check_project_files, check_size
from airdock.repository.difference import Difference, compare
from airdock.repository.draft_list import list_drafts
from airdock.repository.drafts import Draft
from airdock.repository.errors import ConflictError, RepositoryError, conflict, not_found
from airdock.repository.manifest import FileInfo, Manifest, blob_id, manifest_of
from airdock.repository.names import check_path, check_project, check_user, folded, shown
from airdock.repository.sides import InRegistry
from airdock.repository.store import Store


class _Expectation(Enum):
    ABSENT = "absent"


ABSENT: Final = _Expectation.ABSENT
"""What a writer expects who means to make a file."""

Expected = str | Literal[_Expectation.ABSENT] | None
"""The etag that a file must have; `ABSENT`: it must not be there; None: it is written whatever it is."""


class FileContent(msgspec.Struct, frozen=True):
    """What a file holds, and the etag of that."""

    content: bytes
    etag: str


class Workspaces:
    """Reads and writes drafts. What is written at the same moment by several is written by one after the other.

    Raises, in every method:
        RepositoryError: `repository.name` for names that no user, project or file can have; `repository.notFound` for
            what is not there. DatabaseError.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def projects(self, user: str) -> list[str]:
        """The names of the user's projects, sorted."""
        check_user(user)
        with self._store.reading() as connection:
            return drafts.names(connection, user)

    def drafts(self, user: str) -> list[Draft]:
        """The user's projects, sorted by name, and how they stand to their bases."""
        check_user(user)
        with self._store.reading() as connection:
            return list_drafts(connection, user)

    def base(self, user: str, project: str) -> int | None:
        """The release that the draft came from; None when it came from none, or that is not known."""
        _check(user, project)
        with self._store.reading() as connection:
            return drafts.base(connection, user, project)

    def files(self, user: str, project: str) -> list[FileInfo]:
        """The files of a draft, sorted by path."""
        _check(user, project)
        with self._store.reading() as connection:
            drafts.base(connection, user, project)
            found = drafts.read(connection, user, project)
        return [found[path] for path in sorted(found)]

    def read(self, user: str, project: str, path: str) -> FileContent:
        _check(user, project, path)
        with self._store.reading() as connection:
            drafts.base(connection, user, project)
            file = _file(drafts.read(connection, user, project), path)
            return FileContent(load(connection, [file.etag])[file.etag], file.etag)

    def create(self, user: str, project: str) -> None:
        """Makes an empty draft.

        Raises:
            RepositoryError: `repository.conflict`, there is one.
        """
        _check(user, project)
        with self._store.writing() as connection:
            if not _start(connection, user, project):
                raise conflict(f"the project {project!r} is in the workspace already")

    def write(self, user: str, project: str, path: str, content: bytes, *, expected: Expected = None) -> FileInfo:
        """Writes a file.

        Raises:
            ConflictError: it is not what was expected.
            RepositoryError: `repository.tooLarge`; `repository.name`, the path cannot stand beside another one.
        """
        _check(user, project, path)
        check_size(path, len(content))
        file = FileInfo(path, len(content), blob_id(content))
        blobs = NewBlobs([content])
        with self._store.writing() as connection:
            files = _locked(connection, user, project)
            _expect(files.get(path), path, expected)
            if files.get(path) == file:
                return file
            check_project_files({**files, path: file})
            blobs.store(connection)
            drafts.put(connection, user, project, file)
            drafts.touch(connection, user, project)
        return file

    def delete(self, user: str, project: str, path: str, *, expected: str | None = None) -> None:
        """Removes a file.

        Raises:
            ConflictError: it is not what was expected.
        """
        _check(user, project, path)
        with self._store.writing() as connection:
            file = _file(_locked(connection, user, project), path)
            _expect(file, path, expected)
            drafts.take_out(connection, user, project, [path])
            drafts.touch(connection, user, project)

    def move(self, user: str, project: str, old: str, new: str) -> None:
        """Gives a file another path; or every file of a folder, when `old` is one.

        Raises:
            RepositoryError: `repository.conflict`, there is something at the new path.
        """
        _check(user, project, old)
        check_path(new)
        with self._store.writing() as connection:
            files = _locked(connection, user, project)
            moved = _moved(files, old, new)
            kept = {path: file for path, file in files.items() if path not in moved}
            for file in moved.values():
                check_path(file.path)
                if file.path in kept:
                    raise conflict(f"there is a file {shown(file.path)} already")
            check_project_files({**kept, **{file.path: file for file in moved.values()}})
            drafts.take_out(connection, user, project, moved)
            for file in moved.values():
                drafts.put(connection, user, project, file)
            drafts.touch(connection, user, project)

    def replace(self, user: str, project: str, files: Mapping[str, bytes], base: int | None) -> Difference:
        """Makes these files the only ones of the draft, which is made when it is missing.

        Args:
            base: The release that the files came from; None: it is not known, then publishing needs one.
        """
        _check(user, project)
        manifest = checked_files(files)
        blobs = NewBlobs(files.values())
        with self._store.reading() as connection:
            blobs.prepare(connection)
        with self._store.writing() as connection:
            if base is not None:
                releases.find(connection, project, base)
            blobs_before = self._open(connection, user, project)
            blobs.store(connection)
            return self._fill(connection, user, project, blobs_before, manifest, base)

    def checkout(self, user: str, project: str, release: int | None = None) -> Difference:
        """Makes the draft a copy of a release, by default the current one; what the draft held before is gone."""
        _check(user, project)
        with self._store.writing() as connection:
            before = self._open(connection, user, project)
            state = releases.state(connection, project)
            number = release if release is not None else state.current if state is not None else None
            manifest = InRegistry(project, number).files(connection)
            return self._fill(connection, user, project, before, manifest, number)

    def drop(self, user: str, project: str) -> None:
        """Removes a draft."""
        _check(user, project)
        with self._store.writing() as connection:
            drafts.lock(connection, user, project)
            drafts.remove(connection, user, project)

    @staticmethod
    def _open(connection: Connection, user: str, project: str) -> Manifest:
        return {} if _start(connection, user, project) else _locked(connection, user, project)

    @staticmethod
    def _fill(
        connection: Connection, user: str, project: str, before: Manifest, after: Manifest, base: int | None
    ) -> Difference:
        drafts.fill(connection, user, project, after)
        drafts.set_base(connection, user, project, base)
        drafts.touch(connection, user, project)
        return compare(before, after)


def checked_files(files: Mapping[str, bytes]) -> dict[str, FileInfo]:
    """The manifest of files that make a project together.

    Raises:
        RepositoryError: `repository.name`, `repository.tooLarge`.
    """
    for path, content in files.items():
        check_path(path)
        check_size(path, len(content))
    manifest = manifest_of(files)
    check_project_files(manifest)
    return manifest


def _check(user: str, project: str, path: str | None = None) -> None:
    check_user(user)
    check_project(project)
    if path is not None:
        check_path(path)


def _start(connection: Connection, user: str, project: str) -> bool:
    """Makes an empty draft and locks it; False when there is one."""
    if not drafts.start(connection, user, project):
        return False
    for other in drafts.names(connection, user):
        if other != project and folded(other) == folded(project):
            message = f"some file systems cannot tell the project {project!r} from {other!r}"
            raise RepositoryError("repository.name", message)
    return True


def _locked(connection: Connection, user: str, project: str) -> dict[str, FileInfo]:
    drafts.lock(connection, user, project)
    return drafts.read(connection, user, project)


def _file(files: Manifest, path: str) -> FileInfo:
    if path not in files:
        raise not_found(f"the project has no file {shown(path)}")
    return files[path]


def _expect(file: FileInfo | None, path: str, expected: Expected) -> None:
    etag = file.etag if file is not None else None
    if expected is ABSENT and etag is not None:
        raise ConflictError(f"there is a file {shown(path)} already", etag)
    if isinstance(expected, str) and etag != expected:
        message = "was changed" if etag is not None else "is not there"
        raise ConflictError(f"the file {shown(path)} {message}: read it again", etag)


def _moved(files: Manifest, old: str, new: str) -> dict[str, FileInfo]:
    """What moves, by old path, as it is afterwards."""
    inside = [old] if old in files else [path for path in files if path.startswith(f"{old}/")]
    if not inside:
        _file(files, old)
    moved = {path: files[path] for path in inside}
    return {path: FileInfo(new + path[len(old) :], file.size, file.etag) for path, file in moved.items()}
