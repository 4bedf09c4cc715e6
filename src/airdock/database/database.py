"""Opening the database, and transactions on it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from airdock.database.engines import postgresql_engine, sqlite_engine
from airdock.database.errors import DatabaseError, as_database_error, told
from airdock.database.schema import migrate

FILE = "airdock.db"


class Database:
    """The database of an installation. Making one opens nothing; it may be used from several threads.

    Every method raises `DatabaseError` when the database cannot be used. A connection that was lost is made anew by
    the next call.
    """

    def __init__(self, home: Path, url: str = "") -> None:
        """
        Args:
            home: The folder with the SQLite file, made when it is missing.
            url: A PostgreSQL database in place of it, `postgresql://user@host/name`.

        Raises:
            DatabaseError: `database.url`, it is the address of no database that Airdock can use.
        """
        self.home = home
        self._url = _parsed(url) if url else None
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return "sqlite" if self._url is None else "postgresql"

    @property
    def name(self) -> str:
        """How it is told apart in messages: its file, or its address without the password."""
        if self._url is None:
            return str(self.home / FILE)
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    @property
    def url(self) -> URL | None:
        """The address, password included; None for SQLite."""
        return self._url

    def open(self) -> None:
        """Makes what is missing and brings the schema up to date. Several processes may do so at once."""
        with self.writing() as connection:
            migrate(connection, self.name)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with told(self.name), self._connected().connect() as connection:
            connection.execution_options(**self._for_reading())
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of the block, or nothing when the block raises.

        On SQLite it is the only writer from its beginning on; on PostgreSQL the block locks what it must.
        """
        with told(self.name), self._connected().begin() as connection:
            yield connection

    def close(self) -> None:
        """Gives the connections back. The next use opens it again."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            # One that is in use is not the pool's to close any more: it is closed when it is given back.
            event.listen(engine, "checkin", _closed)
            engine.dispose()

    def _for_reading(self) -> dict[str, Any]:
        if self._url is None:
            return {"sqlite_reading": True}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _connected(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._make_engine()
            return self._engine

    def _make_engine(self) -> Engine:
        if self._url is not None:
            return postgresql_engine(self._url)
        path = self.home / FILE
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            # It holds hashes of passwords and tokens: for its owner alone. SQLite gives its companions the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise as_database_error(self.name, error) from error
        return sqlite_engine(path)


def _closed(connection: DBAPIConnection | None, _: ConnectionPoolEntry) -> None:
    if connection is not None:
        connection.close()


def _parsed(text: str) -> URL:
    hint = "it is written postgresql://user:password@host:5432/name"
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseError("database.url", f"the database's address cannot be read: {hint}") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        kind = url.get_backend_name()
        raise DatabaseError("database.url", f"Airdock keeps its state in SQLite or PostgreSQL, not in {kind!r}: {hint}")
    return url.set(drivername="postgresql+psycopg")
