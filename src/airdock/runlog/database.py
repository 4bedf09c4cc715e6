"""The writing side of the database: short transactions, each all or nothing."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, Select, delete, select

from airdock.runlog.processes import birth_of, is_alive
from airdock.runlog.records import id_at
from airdock.runlog.rows import Change, RunRow, storable
from airdock.runlog.schema import FILE, IN_FLIGHT, RUNS, open_for_writing

_INSERT_RUN = (
    "INSERT INTO runs (id, flow, outcome, nanoseconds, summary, detail) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET flow = excluded.flow, outcome = excluded.outcome,"
    " nanoseconds = excluded.nanoseconds, summary = excluded.summary, detail = excluded.detail"
)
_ADD_TO_COUNTER = (
    "INSERT INTO counters (flow, outcome, bound, value) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (flow, outcome, bound) DO UPDATE SET value = value + excluded.value"
)
_SET_IN_FLIGHT = (
    "INSERT INTO in_flight (worker, flow, pid, birth, value) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (worker, flow) DO UPDATE SET value = excluded.value"
)
_OLD_AT_ONCE = 5000
_LARGE_AT_ONCE = 200
_MOST_ROUNDS = 200
_FULL_ENOUGH = 0.95

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

    @property
    def path(self) -> Path:
        return self._home / FILE

    def store(self, runs: list[RunRow], changes: list[Change], dropped: dict[str, int]) -> None:
        """Writes runs, what was counted, how many records of which flow were dropped, and what is in flight.

        It is one transaction.
        """
        counters = [row for change in changes for row in change.rows()]
        counters += [(storable(flow), "dropped", "+Inf", count) for flow, count in dropped.items()]
        in_flight = [
            (self._worker, change.name, self._pid, self._birth, change.in_flight)
            for change in changes
            if change.in_flight_changed
        ]
        with self._engine().begin() as connection:
            for statement, rows in ((_INSERT_RUN, runs), (_ADD_TO_COUNTER, counters), (_SET_IN_FLIGHT, in_flight)):
                if rows:
                    connection.exec_driver_sql(statement, rows)

    def delete_older(self, unix: float) -> int:
        """Deletes runs that began before this time and in-flight counts of processes that have died."""
        oldest = select(RUNS.c.id).where(RUNS.c.id < id_at(unix)).order_by(RUNS.c.id).limit(_OLD_AT_ONCE)
        deleted = self._delete_rounds(oldest, lambda: True)
        with self._engine().begin() as connection:
            self._delete_dead(connection)
        return deleted

    def delete_beyond(self, size: int) -> int:
        """Deletes the oldest runs when the records take more than `size` bytes."""
        if self._size() <= size:
            return 0
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
            connection.execute(delete(IN_FLIGHT).where(IN_FLIGHT.c.worker == self._worker))

    def close(self) -> None:
        """Closes the file; it is opened again when needed."""
        if self._opened is not None:
            self._opened.dispose()
            self._opened = None

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
            if not count:
                break
            deleted += count
        return deleted

    def _delete_dead(self, connection: Connection) -> None:
        rows = connection.execute(select(IN_FLIGHT.c.worker, IN_FLIGHT.c.pid, IN_FLIGHT.c.birth).distinct())
        dead = [row.worker for row in rows if not is_alive(row.pid, row.birth)]
        if dead:
            connection.execute(delete(IN_FLIGHT).where(IN_FLIGHT.c.worker.in_(dead)))
