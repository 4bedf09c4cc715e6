"""Writing a backup."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from airdock import __version__
from airdock.database.backup.archive import ArchiveWriter, Progress
from airdock.database.backup.counters import counters
from airdock.database.backup.errors import BackupError
from airdock.database.backup.files import chunks_of, replaced, sqlite_copy, told
from airdock.database.backup.kinds import encoder
from airdock.database.backup.manifest import FORMAT, Manifest, TableInfo, entry_of
from airdock.database.backup.selection import Selection, without
from airdock.database.backup.tables import LiveTable, live_tables, table_names
from airdock.database.database import FILE, Database
from airdock.database.schema import check_revision, revision_of

_ROWS_AT_ONCE = 1000
_LARGE_ROWS_AT_ONCE = 10


def write_backup(
    database: Database,
    path: Path,
    *,
    sqlite_files: Mapping[str, Path],
    files: Mapping[str, Path],
    secrets: bool = True,
    force: bool = False,
    progress: Progress = lambda done, whole: None,
) -> Manifest:
    """Writes all tables as they are at one moment, while servers go on.

    The file appears whole or not at all, for its owner alone.

    Args:
        sqlite_files: Other SQLite files that belong to it, by the names that they get; one that is not there is left
            out.
        files: Small files that belong to it, likewise.
        secrets: Whether secrets, password hashes and tokens belong to it; sessions never do.
        force: Replaces a file that is there.

    Raises:
        BackupError: `backup.exists`; `backup.file`, a file cannot be read or written; `backup.nothing`, there is no
            database.
        DatabaseError: the database cannot be used, or a newer version made it.
    """
    if path.is_dir() or (path.exists() and not force):
        raise BackupError("backup.exists", f"{path} is there already")
    if database.dialect == "sqlite" and not (database.home / FILE).is_file():
        raise BackupError("backup.nothing", f"there is nothing to back up in {database.home}")
    with told(path), ExitStack() as stack:
        before = _contents(files)
        writer = stack.enter_context(ArchiveWriter(stack.enter_context(replaced(path))))
        manifest = _write_tables(database, writer, Selection(secrets=secrets), progress)
        for name, file in sqlite_files.items():
            if file.exists():
                writer.add(name, chunks_of(stack.enter_context(sqlite_copy(file, path))))
        for name, content in before.items():
            writer.add(name, iter((content,)))
        if _contents(files) != before:
            raise BackupError("backup.file", f"{', '.join(files)} changed meanwhile: begin again")
        manifest = msgspec.structs.replace(manifest, entries=writer.entries)
        writer.finish(manifest)
    return manifest


def _contents(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {name: file.read_bytes() for name, file in files.items() if file.exists()}


def _write_tables(database: Database, writer: ArchiveWriter, selection: Selection, progress: Progress) -> Manifest:
    with database.reading() as connection:
        revision = revision_of(connection)
        if revision is None:
            raise BackupError("backup.nothing", f"there is nothing to back up in {database.name}")
        check_revision(revision, database.name)
        tables = [each for each in live_tables(connection, table_names(revision)) if selection.has(each.name)]
        last = counters(connection, tables)
        infos = {each.name: _info(connection, each, last) for each in tables}
        dump = _Dump(connection, selection, progress, sum(info.rows for info in infos.values()))
        for each in tables:
            writer.add(entry_of(each.name), dump.lines(each))
    return Manifest(
        format=FORMAT,
        airdock=__version__,
        created=datetime.now(UTC),
        revision=revision,
        dialect=database.dialect,
        secrets=selection.secrets,
        tables=infos,
        entries={},
    )


def _info(connection: Connection, table: LiveTable, last: Mapping[str, int]) -> TableInfo:
    rows = connection.execute(select(func.count()).select_from(table.table)).scalar_one()
    return TableInfo(table.kinds, rows, last.get(table.name, 0))


class _Dump:
    def __init__(self, connection: Connection, selection: Selection, progress: Progress, whole: int) -> None:
        self._connection = connection
        self._selection = selection
        self._progress = progress
        self._whole = whole
        self._done = 0

    def lines(self, table: LiveTable) -> Iterator[bytes]:
        """The rows of a table, each as a JSON list in a line of its own."""
        encoders = [encoder(kind) for kind in table.kinds.values()]
        hidden = self._selection.hidden(table.name, list(table.kinds))
        at_once = _LARGE_ROWS_AT_ONCE if table.holds_bytes else _ROWS_AT_ONCE
        found = self._connection.execute(table.rows(), execution_options={"yield_per": at_once})
        for part in found.partitions():
            yield b"".join(_line(row, encoders, hidden) for row in part)
            self._done += len(part)
            self._progress(self._done, self._whole)


def _line(row: Any, encoders: list[Any], hidden: list[int]) -> bytes:
    values = [encode(value) for encode, value in zip(encoders, row, strict=True)]
    return msgspec.json.encode(without(values, hidden)) + b"\n"
