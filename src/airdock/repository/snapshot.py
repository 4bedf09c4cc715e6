"""What is to be served, as it is at one moment."""

from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from airdock.database import current_cursor
from airdock.repository.manifest import decode
from airdock.repository.tables import MANIFESTS, PROJECTS, RELEASES, SANDBOXES

BlobIds = dict[str, str]
"""Of one project: the id of each file's content, by path."""


class ReleasedFiles(NamedTuple):
    """The current release of a project and its files."""

    release: int
    files: BlobIds


class Snapshot(NamedTuple):
    """Everything that is published or activated.

    Attributes:
        cursor: What `changes_since` tells from here on is not in it yet.
        registry: By project. sandboxes: by user and project.
    """

    cursor: int
    registry: dict[str, ReleasedFiles]
    sandboxes: dict[tuple[str, str], BlobIds]


def take(connection: Connection) -> Snapshot:
    """Must be called in a transaction that sees one state."""
    return Snapshot(current_cursor(connection), _registry(connection), _sandboxes(connection))


def _registry(connection: Connection) -> dict[str, ReleasedFiles]:
    current = and_(RELEASES.c.project == PROJECTS.c.name, RELEASES.c.number == PROJECTS.c.current)
    query = (
        select(RELEASES.c.project, RELEASES.c.number, MANIFESTS.c.content)
        .join_from(PROJECTS, RELEASES, current)
        .join(MANIFESTS, MANIFESTS.c.id == RELEASES.c.manifest)
    )
    rows = connection.execute(query)
    return {project: ReleasedFiles(number, _blob_ids(content)) for project, number, content in rows}


def _sandboxes(connection: Connection) -> dict[tuple[str, str], BlobIds]:
    columns = (SANDBOXES.c.user_name, SANDBOXES.c.project, MANIFESTS.c.content)
    rows = connection.execute(select(*columns).join(MANIFESTS, MANIFESTS.c.id == SANDBOXES.c.manifest))
    return {(user, project): _blob_ids(content) for user, project, content in rows}


def _blob_ids(stored: bytes) -> BlobIds:
    return {path: file.etag for path, file in decode(stored).items()}
