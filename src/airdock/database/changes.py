"""What changed in the database, in order, so that every process takes it in once and none is missed."""

import time

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, text

from airdock.database.tables import CHANGES

CHANNEL = "airdock"
"""On which PostgreSQL tells of changes."""
KEPT_SECONDS = 3600.0
_LOCK = 0x41697264_6F636C


class Change(msgspec.Struct, frozen=True):
    """Something changed.

    Attributes:
        id: Its place in the order.
        topic: What kind of thing, such as `registry`. name: which one, such as a project.
    """

    id: int
    topic: str
    name: str


def note_change(connection: Connection, topic: str, name: str) -> None:
    """Tells every process that watches, when the transaction of the connection has been committed."""
    if connection.dialect.name == "postgresql":
        # Numbers are given in the order of commits, so that no reader passes one that comes later.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    now = time.time()
    connection.execute(insert(CHANGES).values(topic=topic, name=name, at=now))
    connection.execute(delete(CHANGES).where(CHANGES.c.at < now - KEPT_SECONDS))


def current_cursor(connection: Connection) -> int:
    """The number of the newest change. Read it in the transaction that reads what it is about."""
    last: int | None = connection.execute(select(func.max(CHANGES.c.id))).scalar()
    return last or 0


def changes_since(connection: Connection, cursor: int) -> list[Change] | None:
    """The changes behind a cursor, in order; None when some are no longer kept: then everything may have changed."""
    rows = connection.execute(
        select(CHANGES.c.id, CHANGES.c.topic, CHANGES.c.name).where(CHANGES.c.id >= cursor).order_by(CHANGES.c.id)
    ).all()
    if cursor and (not rows or rows[0].id != cursor):
        return None
    return [Change(row.id, row.topic, row.name) for row in rows if row.id != cursor]
