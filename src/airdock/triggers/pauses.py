"""Which jobs and listeners operators have paused: kept in the database, for all nodes."""

import time

import msgspec
from sqlalchemy import Boolean, Column, Float, Table, Text, delete, insert, select

from airdock.database import Database, note_change
from airdock.database.tables import metadata

TOPIC = "activities"
"""Of changes: the name is that of a job or listener that was paused, or goes on."""

SETTINGS = Table(
    "activity_settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Float, nullable=False),
)


class Pause(msgspec.Struct, frozen=True):
    """That a job or listener is paused: by whom, and since which Unix time."""

    name: str
    by: str
    at: float


class Pauses:
    """Pauses by the name of a job or listener, `project/orders.listener`, which need not be there.

    Methods raise `DatabaseError`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Pause]:
        """What is paused, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(SETTINGS).where(SETTINGS.c.paused)).all()
        return {row.name: Pause(row.name, row.by, row.at) for row in rows}

    def pause(self, name: str, by: str) -> bool:
        """Pauses it on all nodes; False when it was paused before."""
        with self._database.writing() as connection:
            if connection.execute(select(SETTINGS.c.name).where(SETTINGS.c.name == name)).scalar() is not None:
                return False
            connection.execute(insert(SETTINGS).values(name=name, paused=True, by=by, at=time.time()))
            note_change(connection, TOPIC, name)
        return True

    def resume(self, name: str) -> bool:
        """Has it go on; False when it was not paused."""
        with self._database.writing() as connection:
            if not connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name)).rowcount:
                return False
            note_change(connection, TOPIC, name)
        return True
