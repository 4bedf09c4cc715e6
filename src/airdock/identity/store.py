"""Transactions on what belongs to identity, and who is told when it changed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from airdock.database import Database, note_change

TOPIC = "identity"
_LOCK = 0x41697264_6F6369
"""Whoever changes users, tokens or members of a PostgreSQL database holds this advisory lock."""

Clock = Callable[[], float]
Listener = Callable[[str], None]


class Store:
    """The database as the parts of identity use it. For several threads.

    Args:
        clock: The present time, in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Clock = time.time) -> None:
        self.database = database
        self.now = clock
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """From now on `listener` is called in this process, with the name, when somebody's data was changed by it."""
        self._listeners.append(listener)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def changing(self, name: str) -> Iterator[Connection]:
        """A transaction that changes what caches hold of a user or a service: one at a time, all processes are told.

        Args:
            name: Whose; empty for what is about nobody's credentials, such as the members of a project.
        """
        with self.database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
            note_change(connection, TOPIC, name)
        for listener in self._listeners:
            listener(name)

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """A transaction that writes what no cache holds: audit entries, attempts, new sessions, last uses."""
        with self.database.writing() as connection:
            yield connection
