"""Reading the run log: for the command line, the management API and the metrics."""

import builtins
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, func, literal, select, true
from sqlalchemy.exc import SQLAlchemyError

from airdock.runlog.processes import is_alive
from airdock.runlog.records import (
    BOUNDS,
    FlowCounters,
    Outcome,
    RunRecord,
    RunSummary,
    StoredDetail,
    StoredSummary,
    id_at,
    start_of,
)
from airdock.runlog.schema import COUNTERS, FILE, IN_FLIGHT, RUNS, RunLogError, open_for_reading

_SUMMARY = msgspec.json.Decoder(StoredSummary)
_DETAIL = msgspec.json.Decoder(StoredDetail)
_IN_A_LINE = (RUNS.c.id, RUNS.c.flow, RUNS.c.outcome, RUNS.c.nanoseconds, RUNS.c.summary)
_MOST_CANDIDATES = 5


class RunStore:
    """The run log of a home folder, read while other processes write it. A log that does not exist is an empty one.

    It may be used from several threads. Every method raises `RunLogError` when the log cannot be read.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def list(
        self,
        flow: str | None = None,
        outcome: Outcome | None = None,
        since: datetime | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> list[RunSummary]:
        """Stored runs, the newest first.

        Args:
            since: Only those that began then or later.
            before: Only those behind the run of this id: the last one of the page before.

        Raises:
            RunLogError: `before` is not the id of a run, too.
        """
        wanted: ColumnElement[bool] = true()
        if flow is not None:
            wanted &= RUNS.c.flow == flow
        if outcome is not None:
            # A literal, so that SQLite knows the index of the failed ones to fit.
            wanted &= RUNS.c.outcome == literal(outcome, literal_execute=True)
        if since is not None:
            wanted &= RUNS.c.id >= id_at(since.timestamp())
        if before is not None:
            wanted &= RUNS.c.id < _whole_id(before)
        query = select(*_IN_A_LINE).where(wanted).order_by(RUNS.c.id.desc()).limit(limit)
        with self._reading() as connection:
            return [] if connection is None else [_summary(row) for row in connection.execute(query)]

    def get(self, id: str) -> RunRecord | None:
        """The run of this id, or of the only id that begins so; None when there is none.

        Raises:
            RunLogError: it is no id, or several runs have an id that begins so.
        """
        low, high = _range_of(id)
        query = select(*_IN_A_LINE, RUNS.c.detail).where(RUNS.c.id.between(low, high)).limit(_MOST_CANDIDATES + 1)
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(query.order_by(RUNS.c.id.desc())).all()
            if len(rows) > 1:
                raise RunLogError(_ambiguous(id, [str(UUID(bytes=row.id)) for row in rows]))
            return _record(rows[0]) if rows else None

    def counters(self) -> builtins.list[FlowCounters]:
        """Of every flow and outcome, by name: how many runs there were since the log was made, how long they took."""
        query = select(COUNTERS).where(COUNTERS.c.outcome != "dropped").order_by(COUNTERS.c.flow, COUNTERS.c.outcome)
        values: dict[tuple[str, Outcome], dict[str, int]] = {}
        with self._reading() as connection:
            for row in [] if connection is None else connection.execute(query):
                values.setdefault((row.flow, row.outcome), {})[row.bound] = row.value
        return [_counters(flow, outcome, bounds) for (flow, outcome), bounds in values.items()]

    def in_flight(self) -> dict[str, int]:
        """How many runs of each flow are going on, in the processes that are alive; flows without one are left out."""
        with self._reading() as connection:
            query = select(IN_FLIGHT).where(IN_FLIGHT.c.value > 0)
            rows = [] if connection is None else connection.execute(query).all()
        alive = {process: is_alive(*process) for process in {(row.pid, row.birth) for row in rows}}
        total: dict[str, int] = {}
        for row in rows:
            if alive[row.pid, row.birth]:
                total[row.flow] = total.get(row.flow, 0) + row.value
        return total

    def dropped(self) -> dict[str, int]:
        """How many records of each flow could not be kept; such runs are counted, but not listed."""
        query = select(COUNTERS.c.flow, func.sum(COUNTERS.c.value)).where(COUNTERS.c.outcome == "dropped")
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(query.group_by(COUNTERS.c.flow)).all()
            return {flow: int(count) for flow, count in rows}

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        engine = open_for_reading(self._home)
        if engine is None:
            yield None
            return
        try:
            with engine.connect() as connection:
                # A file that a writer has only just made has no tables yet.
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                yield connection if version else None
        except SQLAlchemyError as error:
            reason = getattr(error, "orig", None) or error
            raise RunLogError(f"the run log {self._home / FILE} cannot be read: {reason}") from error
        except msgspec.MsgspecError as error:
            raise RunLogError(f"the run log {self._home / FILE} holds a record that cannot be read: {error}") from error
        finally:
            engine.dispose()


def _summary(row: Any) -> RunSummary:
    stored = _SUMMARY.decode(row.summary)
    return RunSummary(
        id=str(UUID(bytes=row.id)),
        flow=row.flow,
        start=start_of(row.id),
        seconds=row.nanoseconds / 1e9,
        outcome=row.outcome,
        **asdict(stored),
    )


def _record(row: Any) -> RunRecord:
    line = asdict(_summary(row))
    if row.detail is None:
        return RunRecord(**line)
    return RunRecord(**line, whole=True, **asdict(_DETAIL.decode(row.detail)))


def _counters(flow: str, outcome: Outcome, values: dict[str, int]) -> FlowCounters:
    """Bounds that another version counted with go to the next one that there is."""
    buckets = [0] * (len(BOUNDS) + 1)
    for bound, value in values.items():
        if bound != "ns":
            buckets[bisect_left(BOUNDS, float(bound))] += value
    return FlowCounters(flow, outcome, sum(buckets), values.get("ns", 0) / 1e9, tuple(buckets))


def _range_of(text: str) -> tuple[bytes, bytes]:
    """The first and the last id that begin so."""
    digits = text.strip().replace("-", "").lower()
    if not digits or len(digits) > 32 or any(digit not in "0123456789abcdef" for digit in digits):
        raise RunLogError(f"{text!r} is not the id of a run: write its digits, or the first of them")
    return bytes.fromhex(digits.ljust(32, "0")), bytes.fromhex(digits.ljust(32, "f"))


def _whole_id(text: str) -> bytes:
    low, high = _range_of(text)
    if low != high:
        raise RunLogError(f"{text!r} is not the whole id of a run")
    return low


def _ambiguous(prefix: str, ids: list[str]) -> str:
    shown = ", ".join(ids[:_MOST_CANDIDATES]) + (", …" if len(ids) > _MOST_CANDIDATES else "")
    return f"several runs have an id that begins with {prefix}: write more of it ({shown})"
