"""How jobs and listeners stand on each node: told by the process that runs them, read by the management."""

import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Column, Float, LargeBinary, Table, Text, delete, insert, select

from airdock.database import Database
from airdock.database.tables import metadata

State = TypeVar("State", bound=msgspec.Struct)

REPORT_SECONDS = 1.0
"""So often a process tells how things stand, if that has changed."""
STALE_SECONDS = 30.0
"""A report that is older is that of a process that is gone; one that lives tells again in less."""
_AGAIN_SECONDS = 10.0

REPORTS = Table(
    "activity_states",
    metadata,
    Column("node", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", Float, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


class Report(NamedTuple, Generic[State]):
    """How the jobs, or the listeners, of a node stood at a Unix time."""

    node: str
    at: float
    states: list[State]


class Reports(Generic[State]):
    """The reports of one kind. Methods raise `DatabaseError`."""

    def __init__(self, database: Database, kind: str, type: type[State], now: Callable[[], float] = time.time) -> None:
        """`kind`: `listeners`, or `jobs`; `type`: what the state of one is."""
        self._database = database
        self._kind = kind
        self._decoder = msgspec.msgpack.Decoder(list[type])  # type: ignore[valid-type]
        self._now = now
        self._told: tuple[bytes, float] = (b"", 0.0)

    def write(self, node: str, states: list[State]) -> None:
        """Tells how those of a node stand, unless that was told a moment ago."""
        content, now = msgspec.msgpack.encode(states), self._now()
        before, at = self._told
        if content == before and now - at < _AGAIN_SECONDS:
            return
        with self._database.writing() as connection:
            connection.execute(delete(REPORTS).where(REPORTS.c.node == node, REPORTS.c.kind == self._kind))
            connection.execute(insert(REPORTS).values(node=node, kind=self._kind, at=now, content=content))
        self._told = (content, now)

    def remove(self, node: str) -> None:
        """Nothing of a node runs any more."""
        with self._database.writing() as connection:
            connection.execute(delete(REPORTS).where(REPORTS.c.node == node, REPORTS.c.kind == self._kind))
        self._told = (b"", 0.0)

    def read(self) -> list[Report[State]]:
        """The reports of the nodes that were heard of lately, by node."""
        query = select(REPORTS).where(REPORTS.c.kind == self._kind, REPORTS.c.at >= self._now() - STALE_SECONDS)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(REPORTS.c.node)).all()
        return [Report(row.node, row.at, self._decoder.decode(row.content)) for row in rows]
