"""Drafts in the database, within a transaction of the caller."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update

from airdock.repository.errors import not_found
from airdock.repository.manifest import FileInfo, Manifest, by_path
from airdock.repository.statements import insert_missing, portions, upsert
from airdock.repository.tables import DRAFT_FILES, DRAFTS


class Draft(msgspec.Struct, frozen=True):
    """A project in a workspace.

    Attributes:
        base: The release that it came from; None when it came from none, or that is not known.
        saved: When it changed last.
        changed: Whether its files differ from those of its base; true for one without a base.
    """

    project: str
    base: int | None
    saved: datetime
    changed: bool


def start(connection: Connection, user: str, project: str) -> bool:
    """Makes an empty draft without a base and locks it; False when there is one already."""
    values = {"user_name": user, "project": project, "saved": time.time()}
    made = connection.execute(insert_missing(connection, DRAFTS).values(values).returning(DRAFTS.c.project))
    return made.first() is not None


def lock(connection: Connection, user: str, project: str) -> int | None:
    """The base of a draft, which nobody else changes until the transaction ends.

    Raises:
        RepositoryError: `repository.notFound`.
    """
    return _base(connection, user, project, for_update=True)


def base(connection: Connection, user: str, project: str) -> int | None:
    """The base of a draft.

    Raises:
        RepositoryError: `repository.notFound`.
    """
    return _base(connection, user, project, for_update=False)


def read(connection: Connection, user: str, project: str) -> dict[str, FileInfo]:
    """The files of a draft; none when there is no draft."""
    columns = (DRAFT_FILES.c.path, DRAFT_FILES.c.size, DRAFT_FILES.c.blob)
    rows = connection.execute(select(*columns).where(_of(DRAFT_FILES, user, project)))
    return by_path(FileInfo(path, size, blob) for path, size, blob in rows)


def put(connection: Connection, user: str, project: str, file: FileInfo) -> None:
    """Adds a file, or changes it."""
    connection.execute(upsert(connection, DRAFT_FILES, _row(user, project, file)))


def fill(connection: Connection, user: str, project: str, manifest: Manifest) -> None:
    """Makes a manifest's files the only ones."""
    connection.execute(delete(DRAFT_FILES).where(_of(DRAFT_FILES, user, project)))
    rows = [_row(user, project, file) for file in manifest.values()]
    for portion in portions(rows):
        connection.execute(insert(DRAFT_FILES), portion)


def take_out(connection: Connection, user: str, project: str, paths: Iterable[str]) -> None:
    """Removes files."""
    for portion in portions(list(paths)):
        where = and_(_of(DRAFT_FILES, user, project), DRAFT_FILES.c.path.in_(portion))
        connection.execute(delete(DRAFT_FILES).where(where))


def touch(connection: Connection, user: str, project: str) -> None:
    """Notes that the files changed."""
    connection.execute(update(DRAFTS).where(_of(DRAFTS, user, project)).values(saved=time.time()))


def set_base(connection: Connection, user: str, project: str, base: int | None) -> None:
    connection.execute(update(DRAFTS).where(_of(DRAFTS, user, project)).values(base=base))


def remove(connection: Connection, user: str, project: str) -> bool:
    """Removes a draft with its files; False when there is none."""
    removed: int = connection.execute(delete(DRAFTS).where(_of(DRAFTS, user, project))).rowcount
    return removed == 1


def names(connection: Connection, user: str) -> list[str]:
    """The projects of a user, sorted."""
    return sorted(connection.execute(select(DRAFTS.c.project).where(DRAFTS.c.user_name == user)).scalars())


def when(saved: float) -> datetime:
    """A time as it is told."""
    return datetime.fromtimestamp(saved, UTC)


def _base(connection: Connection, user: str, project: str, *, for_update: bool) -> int | None:
    query = select(DRAFTS.c.base).where(_of(DRAFTS, user, project))
    row = connection.execute(query.with_for_update() if for_update else query).first()
    if row is None:
        raise not_found(f"there is no project {project!r} in the workspace of {user!r}")
    found: int | None = row.base
    return found


def _row(user: str, project: str, file: FileInfo) -> dict[str, Any]:
    return {"user_name": user, "project": project, "path": file.path, "size": file.size, "blob": file.etag}


def _of(table: Table, user: str, project: str) -> ColumnElement[bool]:
    return and_(table.c.user_name == user, table.c.project == project)
