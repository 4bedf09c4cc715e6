"""How connections to SQLite and to PostgreSQL are made."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from airdock.database.errors import DatabaseError

BUSY_SECONDS = 10.0
"""How long a writer waits for another one."""
CONNECT: dict[str, Any] = {
    "connect_timeout": 5,
    # A server that vanished without a word is noticed within seconds and not within the system's hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How connections to PostgreSQL are made."""


def sqlite_engine(path: Path) -> Engine:
    """An engine for a file, with a small pool of connections."""
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,
        pool_size=5,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def postgresql_engine(url: URL) -> Engine:
    """An engine; a connection that died is replaced before it is used.

    Raises:
        DatabaseError: `database.driver`, the driver is not installed.
    """
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_size=5,
            pool_pre_ping=True,
            connect_args={**CONNECT, "application_name": "airdock"},
        )
    except ModuleNotFoundError as error:
        message = "PostgreSQL needs a driver: pip install 'airdock[postgres]'"
        raise DatabaseError("database.driver", message) from error


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Transactions are begun below; the driver's own would begin too late to wait for another writer.
    connection.isolation_level = None
    cursor = connection.cursor()
    pragmas = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"journal_size_limit = {64 * 1024**2}")
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options: Any = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN" if options.get("sqlite_reading") else "BEGIN IMMEDIATE")
