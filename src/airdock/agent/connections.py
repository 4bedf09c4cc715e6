"""How connections stand in each process, kept in the database so that every node can tell of all of them."""

import time
from collections.abc import Sequence

import msgspec
from sqlalchemy import Column, Connection, Float, Integer, LargeBinary, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from airdock.agent.status import GONE_SECONDS
from airdock.connectors.links import LinkState
from airdock.database import Database
from airdock.database.tables import metadata

STATES = Table(
    "connection_states",
    metadata,
    Column("node", Text, primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

_RANK = ("closed", "open", "failing")


class ConnectionStatus(msgspec.Struct, frozen=True):
    """A connection, over all processes of all nodes.

    Attributes:
        state: The worst: `failing` where one process finds it so. since: Unix time since when; 0 for `closed`.
        error: What was wrong there, with `failing`. node: Where it is so.
        users: What uses it right now, everywhere. processes: How many have it open or failing.
    """

    name: str
    type: str
    state: str
    since: float
    error: str
    node: str
    users: int
    processes: int


def write_states(connection: Connection, node: str, pid: int, at: float, states: Sequence[LinkState]) -> None:
    """Says how the connections of a process stand; processes that were not heard of for long are forgotten."""
    values = {"node": node, "pid": pid, "at": at, "content": msgspec.msgpack.encode(states)}
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(STATES).values(values)
    connection.execute(insert.on_conflict_do_update(index_elements=["node", "pid"], set_=values))
    connection.execute(delete(STATES).where(STATES.c.at < at - GONE_SECONDS))


def remove_states(connection: Connection, node: str, pid: int) -> None:
    """The process ends."""
    connection.execute(delete(STATES).where(STATES.c.node == node, STATES.c.pid == pid))


def statuses(database: Database, own: Sequence[LinkState], now: float | None = None) -> list[ConnectionStatus]:
    """Every connection that a living process has, by name.

    Args:
        own: Those of this process, which are newer than what it told.

    Raises:
        DatabaseError: it cannot be told now.
    """
    since = (time.time() if now is None else now) - GONE_SECONDS
    found: dict[str, list[tuple[str, LinkState]]] = {state.name: [("", state)] for state in own}
    with database.reading() as connection:
        for row in connection.execute(select(STATES).where(STATES.c.at >= since).order_by(STATES.c.node, STATES.c.pid)):
            for state in msgspec.msgpack.decode(row.content, type=list[LinkState]):
                found.setdefault(state.name, []).append((row.node, state))
    return [_status(name, states) for name, states in sorted(found.items())]


def _status(name: str, states: list[tuple[str, LinkState]]) -> ConnectionStatus:
    node, worst = max(states, key=lambda each: (_RANK.index(each[1].state), -each[1].since))
    return ConnectionStatus(
        name=name,
        type=worst.type,
        state=worst.state,
        since=worst.since,
        error=worst.error,
        node=node,
        users=sum(state.users for _, state in states),
        processes=sum(state.state != "closed" for _, state in states),
    )
