"""What a backup says of itself: `manifest.json`."""

from datetime import datetime
from typing import Literal

import msgspec

from airdock.database.backup.errors import BackupError
from airdock.database.backup.kinds import Kind
from airdock.database.schema import head, revisions

FORMAT = 1
"""Of the file; a version of Airdock that cannot read it says so."""
FILE = "manifest.json"


class EntryInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file inside of the backup: its bytes, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


class TableInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A table of the database.

    Attributes:
        columns: Their kinds; a row has its values in this order.
        last: The last number that was given to a column that counts up; 0 when there is none.
    """

    columns: dict[str, Kind]
    rows: int
    last: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The manifest.

    Attributes:
        airdock: The version that made the backup.
        revision: Of the schema, a name of a migration.
        dialect: The kind of database that it comes from; it is restored into any.
        secrets: Whether secrets, password hashes and tokens are in it.
        tables: In the order in which they are restored.
        entries: Every file but the manifest, by name.
    """

    format: int
    airdock: str
    created: datetime
    revision: str
    dialect: Literal["sqlite", "postgresql"]
    secrets: bool
    tables: dict[str, TableInfo]
    entries: dict[str, EntryInfo]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())


class _Head(msgspec.Struct):
    format: int
    airdock: str = "another version"


def entry_of(table: str) -> str:
    """The name of the file with the rows of a table."""
    return f"tables/{table}.ndjson"


def read_manifest(content: bytes) -> Manifest:
    """
    Raises:
        BackupError: `backup.newer`, a newer version made it; `backup.damaged`, it is no manifest.
    """
    try:
        found = msgspec.json.decode(content, type=_Head)
        if found.format != FORMAT:
            raise BackupError("backup.newer", f"the backup was made by Airdock {found.airdock}: restore it by that one")
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError("backup.damaged", f"it is no backup of Airdock: {error}") from None
    if manifest.revision > head():
        message = f"the backup was made by Airdock {manifest.airdock}, whose database is newer: restore it by that one"
        raise BackupError("backup.newer", message)
    if manifest.revision not in revisions():
        raise BackupError("backup.damaged", f"no version of Airdock has a database {manifest.revision!r}")
    return manifest
