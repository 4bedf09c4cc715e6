"""Projects of the registry and their releases in the database, within a transaction of the caller."""

import time
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, and_, insert, select, update

from airdock.repository.blobs import load_manifest
from airdock.repository.drafts import when
from airdock.repository.errors import RepositoryError, not_found
from airdock.repository.manifest import FileInfo
from airdock.repository.names import folded, shown
from airdock.repository.statements import insert_missing
from airdock.repository.tables import PROJECTS, RELEASES

LARGEST_NUMBER = 2**31 - 1

Kind = Literal["publish", "rollback", "unpublish"]


class Release(msgspec.Struct, frozen=True):
    """What was published once; it never changes.

    Attributes:
        number: From 1, per project.
        kind: How it came to be. An `unpublish` ends what was published before; it has no files.
        revision: The revision in version control; may be empty.
        source: Of a rollback, the release that it brought back.
    """

    project: str
    number: int
    kind: Kind
    user: str
    at: datetime
    message: str = ""
    revision: str = ""
    source: int | None = None


class ProjectState(msgspec.Struct, frozen=True):
    """A project of the registry: its newest release, 0 before the first one, and the one that is served."""

    project: str
    last: int
    current: int | None


def state(connection: Connection, project: str) -> ProjectState | None:
    """None for a project that was never published."""
    return _state(connection, project, for_update=False)


def lock(connection: Connection, project: str) -> ProjectState | None:
    """The state of a project, which nobody else changes until the transaction ends."""
    return _state(connection, project, for_update=True)


def claim(connection: Connection, project: str) -> ProjectState:
    """The same for one that need not be there.

    Raises:
        RepositoryError: `repository.name`, there is one whose name differs only in upper and lower case.
    """
    values = {"name": project, "folded": folded(project), "last": 0, "current": None}
    connection.execute(insert_missing(connection, PROJECTS).values(values))
    found = lock(connection, project)
    if found is None:
        other = connection.execute(select(PROJECTS.c.name).where(PROJECTS.c.folded == values["folded"])).scalar_one()
        message = f"some file systems cannot tell the project {shown(project)} from {shown(other)}"
        raise RepositoryError("repository.name", message)
    return found


def add(connection: Connection, release: Release, manifest: str | None) -> None:
    """Adds the newest release and makes it the current one, or with no manifest leaves the project without."""
    values = {
        "project": release.project,
        "number": release.number,
        "kind": release.kind,
        "manifest": manifest,
        "user_name": release.user,
        "at": release.at.timestamp(),
        "message": release.message,
        "revision": release.revision,
        "source": release.source,
    }
    connection.execute(insert(RELEASES).values(values))
    current = release.number if manifest is not None else None
    of_project = PROJECTS.c.name == release.project
    connection.execute(update(PROJECTS).where(of_project).values(last=release.number, current=current))


def now() -> datetime:
    return when(time.time())


def find(connection: Connection, project: str, number: int) -> Release:
    """
    Raises:
        RepositoryError: `repository.notFound`.
    """
    return _release(_row(connection, project, number))


def manifest(connection: Connection, project: str, number: int) -> dict[str, FileInfo]:
    """The files of a release.

    Raises:
        RepositoryError: `repository.notFound`.
    """
    id = _row(connection, project, number).manifest
    return {} if id is None else load_manifest(connection, id)


def history(connection: Connection, project: str, limit: int, before: int | None) -> list[Release]:
    """Releases, the newest first: those with a number below `before`."""
    query = select(RELEASES).where(RELEASES.c.project == project)
    if before is not None:
        query = query.where(RELEASES.c.number < min(before, LARGEST_NUMBER))
    return [_release(row) for row in connection.execute(query.order_by(RELEASES.c.number.desc()).limit(limit))]


def newest(connection: Connection, *, current: bool) -> dict[str, Release]:
    """The current release of each project that has one; or of each project the newest one."""
    number = PROJECTS.c.current if current else PROJECTS.c.last
    same = and_(RELEASES.c.project == PROJECTS.c.name, RELEASES.c.number == number)
    found = [_release(row) for row in connection.execute(select(RELEASES).join(PROJECTS, same))]
    return {release.project: release for release in sorted(found, key=lambda each: each.project)}


def _state(connection: Connection, project: str, *, for_update: bool) -> ProjectState | None:
    query = select(PROJECTS.c.last, PROJECTS.c.current).where(PROJECTS.c.name == project)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return None if row is None else ProjectState(project, row.last, row.current)


def _row(connection: Connection, project: str, number: int) -> Row[Any]:
    row = None
    if 0 < number <= LARGEST_NUMBER:
        where = and_(RELEASES.c.project == project, RELEASES.c.number == number)
        row = connection.execute(select(RELEASES).where(where)).first()
    if row is None:
        raise not_found(f"the project {project!r} has no release {number}")
    return row


def _release(row: Row[Any]) -> Release:
    return Release(
        row.project, row.number, row.kind, row.user_name, when(row.at), row.message, row.revision, row.source
    )
