"""When tokens, sessions and users were last used, written in the background and not more often than once a minute."""

import threading
from typing import Literal

import structlog
from sqlalchemy import Connection, update

from airdock.database import DatabaseError
from airdock.identity.store import Store
from airdock.identity.tables import SESSIONS, TOKENS, USERS

Kind = Literal["session", "token", "user"]
INTERVAL = 60.0
_GATHER = 2.0
_MOST = 20_000

_COLUMNS = {
    "session": (SESSIONS, SESSIONS.c.hash, "seen"),
    "token": (TOKENS, TOKENS.c.id, "last_used"),
    "user": (USERS, USERS.c.name, "last_seen"),
}
_log = structlog.stdlib.get_logger("airdock.identity")


class Touches:
    """Remembers uses and writes them from a thread of its own, which begins with the first one. For several threads.

    Args:
        interval: Seconds between two writes about the same thing.
    """

    def __init__(self, store: Store, interval: float = INTERVAL) -> None:
        self._store = store
        self._interval = interval
        self._lock = threading.Lock()
        self._written: dict[tuple[Kind, str], float] = {}
        self._waiting: dict[tuple[Kind, str], float] = {}
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._wake = threading.Event()

    def touch(self, kind: Kind, key: str) -> None:
        """Something was used now. Costs a look into a dictionary."""
        now = self._store.now()
        if now - self._written.get((kind, key), 0.0) < self._interval:
            return
        with self._lock:
            if len(self._written) > _MOST:
                self._written.clear()
            self._written[kind, key] = now
            self._waiting[kind, key] = now
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="airdock-last-used", daemon=True)
                self._thread.start()
        self._wake.set()

    def flush(self) -> None:
        """Writes what waits.

        Raises:
            DatabaseError: what could not be written waits on.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            with self._store.noting() as connection:
                for (kind, key), at in sorted(waiting.items()):
                    _write(connection, kind, key, at)
        except DatabaseError:
            with self._lock:
                self._waiting = {**waiting, **self._waiting}
            raise

    def close(self) -> None:
        """Writes what waits and ends the thread."""
        self._ending.set()
        self._wake.set()
        thread = self._thread
        if thread is not None:
            thread.join()
        self._try_to_flush()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.wait()
            self._wake.clear()
            # Uses come together; one transaction takes them all.
            self._ending.wait(_GATHER)
            self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except DatabaseError as error:
            # They are for people to look at: nothing depends on them, and the next write takes them along.
            _log.warning("the last uses of tokens and sessions could not be written", reason=str(error))


def _write(connection: Connection, kind: Kind, key: str, at: float) -> None:
    table, column, name = _COLUMNS[kind]
    later = table.c[name].is_(None) | (table.c[name] < at)
    connection.execute(update(table).where((column == key) & later).values({name: at}))
