"""SQLite, by aiosqlite."""

import sqlite3
from typing import Any

from airdock.connectors.sql.dialects.dialect import Dialect, Kind, Reaching

_KINDS = {
    sqlite3.SQLITE_CONSTRAINT: "constraint",
    sqlite3.SQLITE_BUSY: "conflict",
    sqlite3.SQLITE_LOCKED: "conflict",
    sqlite3.SQLITE_MISMATCH: "data",
    sqlite3.SQLITE_TOOBIG: "data",
    sqlite3.SQLITE_ERROR: "statement",
    sqlite3.SQLITE_AUTH: "statement",
    sqlite3.SQLITE_RANGE: "statement",
    sqlite3.SQLITE_READONLY: "statement",
    sqlite3.SQLITE_INTERRUPT: "timeout",
    sqlite3.SQLITE_CANTOPEN: "unavailable",
    sqlite3.SQLITE_IOERR: "unavailable",
    sqlite3.SQLITE_FULL: "unavailable",
    sqlite3.SQLITE_CORRUPT: "unavailable",
    sqlite3.SQLITE_NOTADB: "unavailable",
}


class Confined(sqlite3.Connection):
    """A connection to one file: `ATTACH` would reach others, wherever they are."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


def _arguments(reaching: Reaching) -> dict[str, Any]:
    return {"timeout": reaching.timeout, "factory": Confined}


def _prepare(engine: Any) -> None:
    from sqlalchemy import event

    def connected(raw: Any, _: Any) -> None:
        cursor = raw.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", connected)


def _kind(error: BaseException) -> Kind:
    number = getattr(error, "sqlite_errorcode", None)
    if number is not None:
        return _KINDS.get(number & 0xFF, "")
    if isinstance(error, OverflowError | sqlite3.InterfaceError):
        return "data"
    return "statement" if isinstance(error, sqlite3.ProgrammingError | sqlite3.Warning) else ""


async def _abort(_: Any, mark: Any) -> None:
    await mark.interrupt()


SQLITE = Dialect(
    "sqlite+aiosqlite",
    "",
    _arguments,
    _kind,
    prepare=_prepare,
    abort=_abort,
    mark=lambda connection: connection.connection.driver_connection,
    begin="BEGIN IMMEDIATE",
    local=True,
)
