"""Removing what nothing refers to: first it is marked as unused, and after a while removed if it still is."""

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, delete, select, union, update

from airdock.repository.manifest import decode
from airdock.repository.statements import portions
from airdock.repository.store import Store
from airdock.repository.tables import BLOBS, DRAFT_FILES, MANIFESTS, RELEASES, SANDBOXES

KEPT_SECONDS = 3600.0


def collect(store: Store, keep: float) -> int:
    """Removes blobs and manifests that are unused since `keep` seconds; returns how many."""
    now = time.time()
    with store.collecting() as connection:
        removed = _sweep(connection, MANIFESTS, _used_manifests(connection), now, keep)
        return removed + _sweep(connection, BLOBS, _used_blobs(connection), now, keep)


def _used_manifests(connection: Connection) -> set[str]:
    query = union(select(SANDBOXES.c.manifest), select(RELEASES.c.manifest).where(RELEASES.c.manifest.is_not(None)))
    return set(connection.execute(query).scalars())


def _used_blobs(connection: Connection) -> set[str]:
    """Those of manifests that were not removed, too: one that is brought back into use needs its blobs."""
    used = set(connection.execute(select(DRAFT_FILES.c.blob).distinct()).scalars())
    for content in connection.execute(select(MANIFESTS.c.content)).scalars():
        used.update(file.etag for file in decode(content).values())
    return used


def _sweep(connection: Connection, table: Table, used: set[str], now: float, keep: float) -> int:
    rows = connection.execute(select(table.c.id, table.c.unused))
    marks: dict[str, float | None] = {row.id: row.unused for row in rows}
    unused = [id for id in marks if id not in used]
    gone = [id for id in unused if now - (marks[id] or now) >= keep]
    _mark(connection, table, (id for id in used if marks.get(id) is not None), None)
    _mark(connection, table, (id for id in unused if marks[id] is None), now)
    for ids in portions(gone):
        connection.execute(delete(table).where(table.c.id.in_(ids)))
    return len(gone)


def _mark(connection: Connection, table: Table, ids: Iterable[str], since: float | None) -> None:
    values: dict[str, Any] = {"unused": since}
    for portion in portions(list(ids)):
        connection.execute(update(table).where(table.c.id.in_(portion)).values(values))
