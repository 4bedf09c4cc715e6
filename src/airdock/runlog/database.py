"""The writing side of the database: short transactions, each all or nothing."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Connection, Engine, Select, delete, func, select

from airdock.runlog.processes import birth_of, is_alive
from airdock.runlog.records import id_at
from airdock.runlog.rows import Change, RunRow, SnapshotRow, StateRow, storable
from airdock.runlog.schema import CANCELS, FILE, IN_FLIGHT, RUNNING, RUNS, SNAPSHOTS, STATES, open_for_writing

_INSERT_RUN = (
    "INSERT INTO runs (id, flow, outcome, nanoseconds, summary, detail, project, code, parent)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET flow = excluded.flow, outcome = excluded.outcome,"
    " nanoseconds = excluded.nanoseconds, summary = excluded.summary, detail = excluded.detail,"
    " project = excluded.project, code = excluded.code, parent = excluded.parent"
)
_INSERT_SNAPSHOT = "INSERT OR REPLACE INTO snapshots (id, size, content) VALUES (?, ?, ?)"
_INSERT_RUNNING = "INSERT OR REPLACE INTO running (id, flow, summary, worker, pid, birth) VALUES (?, ?, ?, ?, ?, ?)"
_ADD_TO_COUNTER = (
    "INSERT INTO counters (flow, outcome, bound, value) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (flow, outcome, bound) DO UPDATE SET value = value + excluded.value"
)
_SET_IN_FLIGHT = (
    "INSERT INTO in_flight (worker, flow, pid, birth, value) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (worker, flow) DO UPDATE SET value = excluded.value"
)
_SET_STATE = (
    "INSERT INTO states (worker, flow, step, pid, birth, value) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (worker, flow, step) DO UPDATE SET value = excluded.value"
)
_FORGET_STATE = "DELETE FROM states WHERE worker = ? AND flow = ? AND step = ?"
_OLD_AT_ONCE = 5000
_LARGE_AT_ONCE = 200
_MOST_ROUNDS = 200
_FULL_ENOUGH = 0.95

_END_RUNNING = ("DELETE FROM running WHERE id = ?", "DELETE FROM cancels WHERE id = ?")
_FORGET_SNAPSHOTS = "DELETE FROM snapshots WHERE id < coalesce((SELECT min(id) FROM runs), x'ff')"
_OLDEST_SNAPSHOTS = "DELETE FROM snapshots WHERE id IN (SELECT id FROM snapshots ORDER BY id LIMIT ?)"

_serial = itertools.count()


class Database:
    """Opened when first used, and again after an error. For one thread.

    All methods raise `OSError` or `sqlalchemy.exc.SQLAlchemyError` when the database cannot be used; then nothing is
    stored.
    """

    def __init__(self, home: Path, worker: str, busy_timeout: float) -> None:
        self._home = home
        self._busy_timeout = busy_timeout
        self._pid = os.getpid()
        self._birth = birth_of(self._pid) or 0
        self._worker = f"{self._pid}.{self._birth}.{next(_serial)}.{worker}"
        self._opened: Engine | None = None
        self._seen = -1

    @property
    def path(self) -> Path:
        return self._home / FILE

    def store(self, batch: "Batch") -> None:
        """Writes all of it in one transaction."""
        who = (self._worker, self._pid, self._birth)
        running = [(*row, *who) for row in batch.begun]
        counters = [row for change in batch.changes for row in change.rows()]
        counters += [(storable(flow), "dropped", "+Inf", count) for flow, count in batch.dropped.items()]
        in_flight = [
            (self._worker, change.name, self._pid, self._birth, change.in_flight)
            for change in batch.changes
            if change.in_flight_changed
        ]
        states = [
            (self._worker, storable(flow), storable(step), self._pid, self._birth, state)
            for flow, step, state in batch.states
        ]
        stateless = [(self._worker, storable(flow), storable(step)) for flow, step in batch.stateless]
        with self._engine().begin() as connection:
            for statement, rows in (
                (_INSERT_RUN, batch.runs),
                (_INSERT_SNAPSHOT, batch.snapshots),
                (_INSERT_RUNNING, running),
                *((statement, [(id,) for id in batch.over]) for statement in _END_RUNNING),
                (_ADD_TO_COUNTER, counters),
                (_SET_IN_FLIGHT, in_flight),
                (_SET_STATE, states),
                (_FORGET_STATE, stateless),
            ):
                if rows:
                    connection.exec_driver_sql(statement, rows)  # type: ignore[arg-type]

    def cancels(self) -> list[tuple[bytes, str]]:
        """Which runs somebody wants to be cancelled, and who; nothing when no other process has written meanwhile."""
        with self._engine().connect() as connection:
            # On the driver's own cursor, as a transaction would hold up the processes that write.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone() or (0,)
            if version == self._seen:
                return []
            cursor.execute("SELECT id, by FROM cancels")
            rows = cursor.fetchall()
        self._seen = version
        return [(bytes(id), str(by)) for id, by in rows]

    def delete_older(self, unix: float) -> int:
        """Deletes runs that began before this time and in-flight counts of processes that have died."""
        oldest = select(RUNS.c.id).where(RUNS.c.id < id_at(unix)).order_by(RUNS.c.id).limit(_OLD_AT_ONCE)
        deleted = self._delete_rounds(oldest, lambda: True)
        with self._engine().begin() as connection:
            self._delete_dead(connection)
        return deleted

    def delete_beyond(self, size: int) -> int:
        """Deletes the oldest runs when the records take more than `size` bytes.

        Before them go the oldest snapshots, where these take more than half of it.
        """
        if self._size() <= size:
            return 0
        self._delete_snapshots(size)
        oldest = select(RUNS.c.id).order_by(RUNS.c.id).limit(_LARGE_AT_ONCE)
        return self._delete_rounds(oldest, lambda: self._size() > size * _FULL_ENOUGH)

    def leave(self) -> None:
        """Deletes what is in flight here and waits until everything is on the disk."""
        engine = self._engine()
        with engine.connect() as connection:
            # The next commit then syncs the whole log, with all that was written before it.
            connection.connection.cursor().execute("PRAGMA synchronous = FULL")
        with engine.begin() as connection:
            # A row made and deleted: a transaction that changes nothing would not be synced.
            connection.exec_driver_sql(_SET_IN_FLIGHT, (self._worker, "", self._pid, self._birth, 0))
            for table in (IN_FLIGHT, RUNNING, STATES):
                connection.execute(delete(table).where(table.c.worker == self._worker))

    def close(self) -> None:
        """Closes the file; it is opened again when needed."""
        if self._opened is not None:
            self._opened.dispose()
            self._opened = None
            self._seen = -1

    def _engine(self) -> Engine:
        if self._opened is None:
            self._opened = open_for_writing(self._home, self._busy_timeout)
        return self._opened

    def _size(self) -> int:
        with self._engine().connect() as connection:
            cursor = connection.connection.cursor()
            numbers: list[int] = []
            for name in ("page_count", "freelist_count", "page_size"):
                cursor.execute(f"PRAGMA {name}")
                numbers += cursor.fetchone() or (0,)
        pages, free, size = numbers
        return int((pages - free) * size)

    def _delete_rounds(self, oldest: Select[tuple[bytes]], wanted: Callable[[], bool]) -> int:
        """Deletes in short transactions, so that other processes can write in between."""
        deleted = 0
        for _ in range(_MOST_ROUNDS):
            if not wanted():
                break
            with self._engine().begin() as connection:
                count = connection.execute(delete(RUNS).where(RUNS.c.id.in_(oldest))).rowcount
                connection.exec_driver_sql(_FORGET_SNAPSHOTS)
            if not count:
                break
            deleted += count
        return deleted

    def _delete_snapshots(self, size: int) -> None:
        for _ in range(_MOST_ROUNDS):
            with self._engine().begin() as connection:
                held = connection.execute(select(func.coalesce(func.sum(SNAPSHOTS.c.size), 0))).scalar_one()
                if held <= size // 2:
                    return
                connection.exec_driver_sql(_OLDEST_SNAPSHOTS, (_LARGE_AT_ONCE,))

    def _delete_dead(self, connection: Connection) -> None:
        for table in (IN_FLIGHT, RUNNING, STATES):
            rows = connection.execute(select(table.c.worker, table.c.pid, table.c.birth).distinct())
            dead = [row.worker for row in rows if not is_alive(row.pid, row.birth)]
            if dead:
                connection.execute(delete(table).where(table.c.worker.in_(dead)))
        # A wish for a run that is nobody's any more.
        connection.execute(delete(CANCELS).where(CANCELS.c.id.not_in(select(RUNNING.c.id))))


class Batch(msgspec.Struct):
    """What is written together.

    Attributes:
        runs, snapshots: Of runs that ended. changes: What was counted, and what is in flight.
        dropped: How many records of which flow were dropped. begun: Id, flow and summary of runs to list as running.
        over: Ids of listed runs that have ended.
        states: Flow, step and state of steps whose state has changed. stateless: Flow and step of those without one.
    """

    runs: list[RunRow] = []
    snapshots: list[SnapshotRow] = []
    changes: list[Change] = []
    dropped: dict[str, int] = {}
    begun: list[tuple[bytes, str, bytes]] = []
    over: list[bytes] = []
    states: list[StateRow] = []
    stateless: list[tuple[str, str]] = []

    def __bool__(self) -> bool:
        return any(
            (self.runs, self.snapshots, self.changes, self.dropped, self.begun, self.over, self.states, self.stateless)
        )
