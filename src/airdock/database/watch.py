"""Waiting for changes of the database."""

import select
import sqlite3
import threading
import time
from typing import Any

from airdock.database.changes import CHANNEL
from airdock.database.database import FILE, Database
from airdock.database.engines import CONNECT

POLL_SECONDS = 0.05
"""How often SQLite's counter of changes is looked at; it costs some microseconds."""
LOOK_SECONDS = 5.0
"""After so long PostgreSQL is asked though nothing was told: a lost notification is caught up by then."""
RECONNECT_SECONDS = 0.5


class ChangeWatch:
    """Tells when the database may have changed. For one thread, but for `close`.

    It listens from the first `wait` on. While the database cannot be reached, `wait` returns at intervals.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._source: _SqliteCounter | _PostgresListener | None = None
        self._closed = threading.Event()

    def wait(self, timeout: float = LOOK_SECONDS) -> bool:
        """Returns when the database may have changed since the last call, or at the latest after `timeout` seconds.

        Returns False when it was closed.
        """
        try:
            if self._source is None:
                self._source = self._make()
                return not self._closed.is_set()
            self._source.wait(timeout, self._closed)
        except Exception:  # noqa: BLE001 -- whatever the driver raises: the next attempt may go better
            self._drop()
            self._closed.wait(min(RECONNECT_SECONDS, timeout))
        if self._closed.is_set():
            self._drop()
            return False
        return True

    def close(self) -> None:
        """Ends a `wait` of another thread, soon."""
        self._closed.set()

    def _make(self) -> "_SqliteCounter | _PostgresListener":
        return _SqliteCounter(self._database) if self._database.url is None else _PostgresListener(self._database)

    def _drop(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            try:
                source.close()
            except Exception:  # noqa: BLE001 -- it was lost already
                return


class _SqliteCounter:
    def __init__(self, database: Database) -> None:
        address = f"{(database.home / FILE).absolute().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        self._seen = self._version()

    def wait(self, timeout: float, closed: threading.Event) -> None:
        until = time.monotonic() + timeout
        while (version := self._version()) == self._seen:
            left = until - time.monotonic()
            if left <= 0 or closed.wait(min(POLL_SECONDS, left)):
                return
        self._seen = version

    def close(self) -> None:
        self._connection.close()

    def _version(self) -> Any:
        """A number that another connection's commit changes."""
        return self._connection.execute("PRAGMA data_version").fetchone()[0]


class _PostgresListener:
    def __init__(self, database: Database) -> None:
        import psycopg

        assert database.url is not None  # noqa: S101 -- for the type checker
        address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(
            address,
            autocommit=True,
            **CONNECT,
            application_name="airdock-watch",
        )
        try:
            self._connection.execute(f"LISTEN {CHANNEL}")
        except BaseException:
            self._connection.close()
            raise

    def wait(self, timeout: float, closed: threading.Event) -> None:
        until = time.monotonic() + min(timeout, LOOK_SECONDS)
        while not closed.is_set() and (left := until - time.monotonic()) > 0:
            # In short pieces, so that `close` need not wait long.
            select.select([self._connection.fileno()], [], [], min(left, 0.25))
            if any(True for _ in self._connection.notifies(timeout=0)):
                return

    def close(self) -> None:
        self._connection.close()
