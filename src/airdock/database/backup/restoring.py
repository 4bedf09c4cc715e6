"""Restoring a backup into an empty installation."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, text
from sqlalchemy.schema import DropTable

from airdock.database.backup.archive import ArchiveReader, Progress, opened_archive
from airdock.database.backup.counters import set_counters
from airdock.database.backup.errors import BackupError
from airdock.database.backup.files import is_free, replaced, told
from airdock.database.backup.kinds import decoder
from airdock.database.backup.manifest import Manifest, TableInfo, entry_of
from airdock.database.backup.tables import VERSION_TABLE, LiveTable, live_tables, table_names
from airdock.database.database import Database
from airdock.database.schema import check_revision, lock_schema, migrate, revision_of
from airdock.database.tables import CHANGES

_ROWS_AT_ONCE = 500
_BYTES_AT_ONCE = 4 * 1024 * 1024


def restore_backup(
    database: Database,
    path: Path,
    *,
    files: Mapping[str, Path | None],
    progress: Progress = lambda done, whole: None,
) -> Manifest:
    """Restores a backup into an empty database of either kind: all of it or nothing.

    The file is checked before anything is touched. One of an earlier version is brought up to date.

    Args:
        files: Where the files in it belong, by their names; None leaves one out.

    Raises:
        BackupError: `backup.damaged`; `backup.newer`, a newer version made it; `backup.notEmpty`, there is an
            installation already; `backup.file`, a file cannot be read or written.
        DatabaseError: the database cannot be used.
    """
    with opened_archive(path) as archive:
        manifest = archive.manifest
        wanted = {name: place for name, place in files.items() if place and name in manifest.entries}
        _check_entries(manifest, files)
        _check_room(manifest, database.home)
        steps = _Steps(sum(entry.size for entry in manifest.entries.values()), progress)
        archive.verify(steps.add)
        _check_files(manifest, wanted)
        with ExitStack() as undo:
            with database.writing() as connection:
                _prepare(connection, manifest, database.name)
                _fill(connection, archive, steps)
                migrate(connection, database.name)
                # Before the commit: where this program dies in between, another attempt takes them as they are.
                for name, place in wanted.items():
                    _place(archive, name, place, steps, undo)
            undo.pop_all()
    return manifest


class _Steps:
    """How far it is: everything is read twice, to check it and to restore it."""

    def __init__(self, size: int, progress: Progress) -> None:
        self._whole = 2 * size
        self._done = 0
        self._progress = progress

    def add(self, size: int) -> None:
        self._done += size
        self._progress(self._done, self._whole)


def _check_entries(manifest: Manifest, files: Mapping[str, Path | None]) -> None:
    known = {entry_of(name) for name in manifest.tables}
    lost = known - set(manifest.entries)
    strange = set(manifest.entries) - known - set(files)
    if lost or strange:
        raise BackupError(
            "backup.damaged", f"the backup lacks, or should not have, {', '.join(sorted(lost | strange))}"
        )


def _check_room(manifest: Manifest, home: Path) -> None:
    """A small file may unpack to a large one."""
    size = sum(entry.size for entry in manifest.entries.values())
    folder = next(each for each in (home, *home.absolute().parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    if size > free:
        raise BackupError("backup.file", f"the backup unpacks to {size:,} bytes, and {folder} has {free:,} left")


def _check_files(manifest: Manifest, wanted: Mapping[str, Path]) -> None:
    for name, place in wanted.items():
        with told(place):
            if not is_free(place, manifest.entries[name].sha256):
                raise BackupError("backup.notEmpty", f"{place} is there already")


def _prepare(connection: Connection, manifest: Manifest, name: str) -> None:
    """Checks that the database is empty, and gives it the tables that it had when the backup was made."""
    lock_schema(connection)
    found = revision_of(connection)
    check_revision(found, name)
    if found is not None:
        tables = live_tables(connection, table_names(found))
        _lock(connection, tables)
        filled = [each.name for each in tables if each.name != CHANGES.name and _has_rows(connection, each)]
        if filled:
            message = f"{name} is not empty: there are rows in {', '.join(filled)}. Restore into an empty one"
            raise BackupError("backup.notEmpty", message)
        if found != manifest.revision:
            _drop(connection, tables)
        else:
            connection.execute(delete(CHANGES))
    migrate(connection, name, manifest.revision)


def _lock(connection: Connection, tables: list[LiveTable]) -> None:
    """Nobody else writes to the tables from here on."""
    if connection.dialect.name == "postgresql" and tables:
        quote = connection.dialect.identifier_preparer.quote
        connection.execute(text(f"LOCK TABLE {', '.join(quote(each.name) for each in tables)} IN EXCLUSIVE MODE"))


def _has_rows(connection: Connection, table: LiveTable) -> bool:
    return connection.execute(select(text("1")).select_from(table.table).limit(1)).first() is not None


def _drop(connection: Connection, tables: list[LiveTable]) -> None:
    for each in reversed(tables):
        connection.execute(DropTable(each.table))
    connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))


def _fill(connection: Connection, archive: ArchiveReader, steps: _Steps) -> None:
    manifest = archive.manifest
    tables = {each.name: each for each in live_tables(connection, table_names(manifest.revision))}
    for name, info in manifest.tables.items():
        if name not in tables or info.columns != tables[name].kinds:
            raise BackupError("backup.damaged", f"no database {manifest.revision!r} has the table {name} of the backup")
    order = [each for each in tables.values() if each.name in manifest.tables]
    for table in order:
        for rows in _batches(archive, table.name, manifest.tables[table.name], steps):
            connection.execute(insert(table.table), rows)
    set_counters(connection, order, {name: info.last for name, info in manifest.tables.items()})


def _batches(archive: ArchiveReader, name: str, info: TableInfo, steps: _Steps) -> Iterator[list[dict[str, Any]]]:
    """The rows of a table, so many at once that neither their number nor their size is large."""
    rows: list[dict[str, Any]] = []
    size = count = 0
    for row, length in _rows(archive, name, info):
        rows.append(row)
        size += length
        count += 1
        if len(rows) == _ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield rows
            steps.add(size)
            rows, size = [], 0
    if rows:
        yield rows
        steps.add(size)
    if count != info.rows:
        raise BackupError("backup.damaged", f"the backup has {count} rows of {name}, and says {info.rows}")


def _rows(archive: ArchiveReader, name: str, info: TableInfo) -> Iterator[tuple[dict[str, Any], int]]:
    decoders = [decoder(kind) for kind in info.columns.values()]
    lines = msgspec.json.Decoder(list[Any])
    for number, line in enumerate(archive.lines(entry_of(name)), 1):
        try:
            values = [decode(value) for decode, value in zip(decoders, lines.decode(line), strict=True)]
        except (ValueError, msgspec.MsgspecError) as error:
            raise BackupError("backup.damaged", f"row {number} of {name} cannot be read: {error}") from None
        yield dict(zip(info.columns, values, strict=True)), len(line)


def _place(archive: ArchiveReader, name: str, place: Path, steps: _Steps, undo: ExitStack) -> None:
    with told(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            undo.callback(place.unlink, missing_ok=True)
        with replaced(place) as file:
            for chunk in archive.chunks(name):
                file.write(chunk)
                steps.add(len(chunk))
