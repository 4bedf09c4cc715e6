"""Transactions of the repository."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from airdock.database import Database

_LOCK = 0x41697264_6F6372
"""On PostgreSQL writers hold this advisory lock together, the collection of garbage holds it alone."""


class Store:
    """The database as the parts of the repository use it.

    Writers lock in one order, so that none waits for another in a circle: the draft, blobs, the project, manifests,
    sandboxes and releases, and the list of changes.
    """

    def __init__(self, database: Database) -> None:
        self.reading = database.reading
        self._database = database

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction during which no blob and no manifest goes."""
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))
            yield connection

    @contextmanager
    def collecting(self) -> Iterator[Connection]:
        """A transaction without any writer beside it."""
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            yield connection
