"""What the processes of each node have taken in, kept in the database so that every node can tell of all of them."""

import time
import zlib
from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Float, Integer, LargeBinary, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from airdock.agent.artefact import Artefact
from airdock.database import Database
from airdock.database.tables import metadata

ProcessKind = Literal["worker", "management", "trigger"]

HEARTBEAT_SECONDS = 5.0
"""How often a process says that it is there."""
GONE_SECONDS = 60.0
"""After so long without a word a process is taken to be gone."""

PROCESSES = Table(
    "node_processes",
    metadata,
    Column("node", Text, primary_key=True),
    Column("pid", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # The folder that is served; empty for the repository.
    Column("serves", Text, nullable=False),
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("cursor", BigInteger, nullable=False),
)

ARTEFACTS = Table(
    "node_artefacts",
    metadata,
    Column("node", Text, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("at", Float, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


class ProcessInfo(msgspec.Struct, frozen=True):
    """A process that runs flows.

    Attributes:
        kind: `worker` serves the flow port, `management` the management port, `trigger` runs jobs and listeners.
        serves: The folder that it serves; empty for the repository.
        started, seen: Unix times of its start, and of its last word.
        cursor: The number of the last change that it took in; see `airdock.database.current_cursor`.
    """

    pid: int
    kind: ProcessKind
    serves: str
    started: float
    seen: float
    cursor: int


class NodeInfo(msgspec.Struct, frozen=True):
    """A node: its processes, and how the descriptors stand there.

    Attributes:
        cursor: The number of the last change that the artefacts tell of. at: Unix time of that.
    """

    name: str
    processes: list[ProcessInfo]
    artefacts: list[Artefact] = []
    cursor: int = 0
    at: float = 0.0


def nodes(database: Database, now: float | None = None) -> list[NodeInfo]:
    """Every node of which a process was heard of lately, by name.

    Raises:
        DatabaseError: it cannot be told now.
    """
    since = (time.time() if now is None else now) - GONE_SECONDS
    with database.reading() as connection:
        alive = select(PROCESSES).where(PROCESSES.c.seen >= since).order_by(PROCESSES.c.node, PROCESSES.c.pid)
        processes: dict[str, list[ProcessInfo]] = {}
        for row in connection.execute(alive):
            info = ProcessInfo(row.pid, row.kind, row.serves, row.started, row.seen, row.cursor)
            processes.setdefault(row.node, []).append(info)
        stored = {row.node: row for row in connection.execute(select(ARTEFACTS)) if row.node in processes}
    return [
        NodeInfo(name, found, _artefacts(row.content), row.cursor, row.at) if row is not None else NodeInfo(name, found)
        for name, found, row in ((name, found, stored.get(name)) for name, found in processes.items())
    ]


def write_process(connection: Connection, node: str, process: ProcessInfo) -> None:
    """Says that a process is there; what was not heard of for long is forgotten."""
    values = {"node": node, **msgspec.structs.asdict(process)}
    insert = _insert(connection, PROCESSES).values(values)
    connection.execute(insert.on_conflict_do_update(index_elements=["node", "pid"], set_=values))
    gone = process.seen - GONE_SECONDS
    connection.execute(delete(PROCESSES).where(PROCESSES.c.seen < gone))
    alive = select(PROCESSES.c.node)
    connection.execute(delete(ARTEFACTS).where(ARTEFACTS.c.node.not_in(alive)))


def remove_process(connection: Connection, node: str, pid: int) -> None:
    """The process ends."""
    connection.execute(delete(PROCESSES).where(PROCESSES.c.node == node, PROCESSES.c.pid == pid))


def told_cursor(connection: Connection, node: str) -> int | None:
    """The last change that the stored artefacts of a node tell of; None when nothing is stored."""
    found: int | None = connection.execute(select(ARTEFACTS.c.cursor).where(ARTEFACTS.c.node == node)).scalar()
    return found


def write_artefacts(connection: Connection, node: str, cursor: int, at: float, content: bytes) -> None:
    """Stores how the descriptors of a node stand; `content` is that of `packed`."""
    values = {"node": node, "cursor": cursor, "at": at, "content": content}
    insert = _insert(connection, ARTEFACTS).values(values)
    connection.execute(insert.on_conflict_do_update(index_elements=["node"], set_=values))


def packed(artefacts: Sequence[Artefact]) -> bytes:
    """Artefacts as they are stored."""
    return zlib.compress(msgspec.msgpack.encode(artefacts), 1)


def _artefacts(content: bytes) -> list[Artefact]:
    return msgspec.msgpack.decode(zlib.decompress(content), type=list[Artefact])


def _insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
