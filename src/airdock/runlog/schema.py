"""The tables of the run log, and how its file is opened."""

import os
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    StaticPool,
    Table,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateIndex, CreateTable

from airdock.errors import AirdockError

FILE = "runs.db"
VERSION = 4

metadata = MetaData()

RUNS = Table(
    "runs",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("nanoseconds", Integer, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Column("detail", LargeBinary),
    Column("project", Text, nullable=False, server_default=""),
    # The code of the error of a failed run.
    Column("code", Text, nullable=False, server_default=""),
    # Of a part: the id of the run that it went out from.
    Column("parent", LargeBinary),
    # Each has all that a list may choose by: rows that do not fit are passed over without being looked up.
    Index("runs_of_flow", "flow", "id", "outcome", "code", "project"),
    Index("runs_of_project", "project", "id", "outcome", "code"),
    Index("runs_of_outcome", "outcome", "id", "code"),
    Index(
        "runs_of_parent", "parent", "id", "flow", "outcome", "code", "project", sqlite_where=text("parent IS NOT NULL")
    ),
    # Keys are UUIDv7 and so arrive in order: one tree, filled from the left, is the fastest layout.
    sqlite_with_rowid=False,
)

# What a retry goes on from, sealed.
SNAPSHOTS = Table(
    "snapshots",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Runs that wait for something, in processes that are alive.
RUNNING = Table(
    "running",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("summary", LargeBinary, nullable=False),
    Column("worker", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("birth", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Runs that somebody wants to be cancelled; the process that has one looks here.
CANCELS = Table(
    "cancels",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("by", Text, nullable=False),
    sqlite_with_rowid=False,
)

COUNTERS = Table(
    "counters",
    metadata,
    Column("flow", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    # A bucket's upper bound in seconds or "+Inf"; "ns" is the sum of the durations.
    Column("bound", Text, primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

IN_FLIGHT = Table(
    "in_flight",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("flow", Text, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("birth", Integer, nullable=False),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# What state steps are in, in processes that are alive.
STATES = Table(
    "states",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("flow", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("pid", Integer, nullable=False),
    Column("birth", Integer, nullable=False),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

FROM_1 = (
    "ALTER TABLE runs ADD COLUMN project TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE runs ADD COLUMN code TEXT NOT NULL DEFAULT ''",
    "UPDATE runs SET project = coalesce(json_extract(CAST(summary AS TEXT), '$[0]'), ''),"
    " code = coalesce(json_extract(CAST(summary AS TEXT), '$[6].code'), '')",
    "DROP INDEX runs_by_flow",
    "DROP INDEX runs_failed",
)
FROM_2 = ("ALTER TABLE runs ADD COLUMN parent BLOB",)
STEPS = {1: FROM_1, 2: FROM_2, 3: ()}
"""From each version of the tables to the next; what is missing then is made."""


class RunLogError(AirdockError):
    """The run log cannot be read; the message says why and what to do."""


def open_for_writing(home: Path, busy_timeout: float) -> Engine:
    """An engine with one connection, for the thread that calls this; makes what is missing of folder, file and tables.

    Raises:
        OSError, sqlalchemy.exc.SQLAlchemyError: the file cannot be made, opened or used.
        RunLogError: the file was made by a newer version.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    # Records hold data of messages: the file is for its owner alone. SQLite gives its companion files the same mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(
        f"sqlite:///{path}", poolclass=StaticPool, hide_parameters=True, connect_args={"timeout": busy_timeout}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            _make_tables(connection)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_for_reading(home: Path) -> Engine | None:
    """An engine that cannot write, safe to use from several threads; None when there is no run log."""
    path = home / FILE
    if not path.exists():
        return None
    address = f"sqlite:///file:{quote(str(path.absolute()))}?mode=ro&uri=true"
    return create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args={"timeout": 5.0})


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Transactions are begun by `_begin`; the driver's own would begin too late to wait for another writer.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"journal_size_limit = {16 * 1024**2}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _make_tables(connection: Connection) -> None:
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > VERSION:
        raise RunLogError(f"{FILE} was made by a newer version of Airdock: use that one, or move the file away")
    if version == VERSION:
        return
    # A file without tables has version 0.
    for earlier in range(version or VERSION, VERSION):
        for statement in STEPS[earlier]:
            connection.exec_driver_sql(statement)
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index, if_not_exists=True))
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
