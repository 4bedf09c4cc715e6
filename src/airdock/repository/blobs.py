"""Contents in the database: each once, named by its hash, compressed where that saves something."""

import zlib
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Table, and_, select, update

from airdock.repository.errors import RepositoryError, not_found
from airdock.repository.manifest import FileInfo, Manifest, blob_id, decode, encode
from airdock.repository.statements import insert_missing, portions
from airdock.repository.tables import BLOBS, MANIFESTS

_PORTION_BYTES = 8 * 1024 * 1024
"""Of contents in one statement that inserts."""


class NewBlobs:
    """Contents on their way into the database."""

    def __init__(self, contents: Iterable[bytes]) -> None:
        self._contents = {blob_id(content): content for content in contents}
        self._rows: dict[str, dict[str, Any]] = {}

    def prepare(self, connection: Connection) -> None:
        """Compresses what the database does not have yet: before the writing transaction, to keep that short."""
        for id in self._missing(connection):
            self._rows[id] = _row(id, self._contents[id])

    def store(self, connection: Connection) -> None:
        """Inserts what the database does not have."""
        waiting: list[dict[str, Any]] = []
        size = 0
        for id in self._missing(connection):
            waiting.append(self._rows.get(id) or _row(id, self._contents[id]))
            size += len(waiting[-1]["content"])
            if size > _PORTION_BYTES:
                connection.execute(insert_missing(connection, BLOBS), waiting)
                waiting, size = [], 0
        if waiting:
            connection.execute(insert_missing(connection, BLOBS), waiting)
        _use_again(connection, BLOBS, self._contents)

    def _missing(self, connection: Connection) -> list[str]:
        # Sorted, as two writers that insert the same ones in different orders would wait for each other.
        wanted = sorted(self._contents)
        known: set[str] = set()
        for ids in portions(wanted):
            known.update(connection.execute(select(BLOBS.c.id).where(BLOBS.c.id.in_(ids))).scalars())
        return [id for id in wanted if id not in known]


def load(connection: Connection, ids: Collection[str]) -> dict[str, bytes]:
    """The contents by id.

    Raises:
        RepositoryError: `repository.notFound`, one is not (or no longer) there; `repository.damaged`.
    """
    found: dict[str, bytes] = {}
    for portion in portions(list(dict.fromkeys(ids))):
        rows = connection.execute(select(BLOBS.c.id, BLOBS.c.packed, BLOBS.c.content).where(BLOBS.c.id.in_(portion)))
        for id, packed, content in rows:
            found[id] = _unpacked(id, packed, content)
    if missing := [id for id in ids if id not in found]:
        raise not_found(f"there is no content with the id {missing[0]}")
    return found


def contents(connection: Connection, manifest: Manifest) -> dict[str, bytes]:
    """What the files of a manifest hold, by path."""
    loaded = load(connection, [file.etag for file in manifest.values()])
    return {path: loaded[file.etag] for path, file in manifest.items()}


def store_manifest(connection: Connection, manifest: Manifest) -> str:
    """Stores a manifest and returns its id; the blobs that it names must be there."""
    id, content = encode(manifest)
    connection.execute(insert_missing(connection, MANIFESTS).values(id=id, content=content))
    _use_again(connection, MANIFESTS, [id])
    return id


def load_manifest(connection: Connection, id: str) -> dict[str, FileInfo]:
    return decode(connection.execute(select(MANIFESTS.c.content).where(MANIFESTS.c.id == id)).scalar_one())


def _use_again(connection: Connection, table: Table, ids: Iterable[str]) -> None:
    """Clears the mark of those that the collection of garbage found unused."""
    for portion in portions(sorted(ids)):
        marked = and_(table.c.id.in_(portion), table.c.unused.is_not(None))
        connection.execute(update(table).where(marked).values(unused=None))


def _row(id: str, content: bytes) -> dict[str, Any]:
    compressed = zlib.compress(content)
    packed = len(compressed) < len(content)
    return {"id": id, "size": len(content), "packed": packed, "content": compressed if packed else content}


def _unpacked(id: str, packed: bool, stored: bytes) -> bytes:
    try:
        content = zlib.decompress(stored) if packed else bytes(stored)
    except zlib.error:
        content = None
    if content is None or blob_id(content) != id:
        message = f"the content {id} is not what was stored: restore the database from a backup"
        raise RepositoryError("repository.damaged", message)
    return content
