"""The drafts of a user and how they stand to their bases, by two queries however many there are."""

from itertools import groupby

from sqlalchemy import Connection, and_, select

from airdock.repository.drafts import Draft, when
from airdock.repository.manifest import FileInfo, by_path, encode
from airdock.repository.tables import DRAFT_FILES, DRAFTS, RELEASES


def list_drafts(connection: Connection, user: str) -> list[Draft]:
    """Sorted by project."""
    ids = _manifest_ids(connection, user)
    empty, _ = encode({})
    released = and_(RELEASES.c.project == DRAFTS.c.project, RELEASES.c.number == DRAFTS.c.base)
    query = select(DRAFTS.c.project, DRAFTS.c.base, DRAFTS.c.saved, RELEASES.c.manifest)
    rows = connection.execute(query.outerjoin_from(DRAFTS, RELEASES, released).where(DRAFTS.c.user_name == user)).all()
    found = [
        Draft(project, base, when(saved), base is None or ids.get(project, empty) != (manifest or empty))
        for project, base, saved, manifest in rows
    ]
    return sorted(found, key=lambda draft: draft.project)


def _manifest_ids(connection: Connection, user: str) -> dict[str, str]:
    """The id that the manifest of each draft with files has."""
    columns = (DRAFT_FILES.c.project, DRAFT_FILES.c.path, DRAFT_FILES.c.size, DRAFT_FILES.c.blob)
    query = select(*columns).where(DRAFT_FILES.c.user_name == user).order_by(DRAFT_FILES.c.project)
    rows = connection.execute(query)
    return {
        project: encode(by_path(FileInfo(path, size, blob) for _, path, size, blob in group))[0]
        for project, group in groupby(rows, key=lambda row: row.project)
    }
