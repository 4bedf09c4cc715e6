"""Reading the run log: for the command line, the management API and the metrics."""

import builtins
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from airdock.errors import RefusedError
from airdock.runlog.cancel import request_cancel
from airdock.runlog.listing import IN_A_LINE, Choice, listed
from airdock.runlog.processes import is_alive
from airdock.runlog.records import (
    BOUNDS,
    FlowCounters,
    Outcome,
    RunningRun,
    RunRecord,
    RunSummary,
    StoredDetail,
    StoredSummary,
    start_of,
)
from airdock.runlog.schema import (
    CANCELS,
    COUNTERS,
    FILE,
    IN_FLIGHT,
    RUNNING,
    RUNS,
    SNAPSHOTS,
    STATES,
    VERSION,
    RunLogError,
    open_for_reading,
    open_for_writing,
)
from airdock.runlog.snapshot import Snapshot
from airdock.sealer import Sealer

_SUMMARY = msgspec.json.Decoder(StoredSummary)
_DETAIL = msgspec.json.Decoder(StoredDetail)
_BUSY_SECONDS = 5.0
_MOST_CANDIDATES = 5


class RunStore:
    """The run log of a home folder, read while other processes write it. A log that does not exist is an empty one.

    It may be used from several threads. Every method raises `RunLogError` when the log cannot be read.
    """

    def __init__(self, home: Path, sealer: Sealer | None = None) -> None:
        """`sealer` opens what the run log's has sealed; only `snapshot` needs it."""
        self._home = home
        self._sealer = sealer

    def list(
        self,
        flow: str | None = None,
        outcome: Outcome | None = None,
        since: datetime | None = None,
        limit: int = 50,
        before: str | None = None,
        *,
        project: str | None = None,
        until: datetime | None = None,
        code: str | None = None,
        parent: str | None = None,
    ) -> list[RunSummary]:
        """Stored runs, the newest first.

        Args:
            since: Only those that began then or later. until: Only those that began before.
            code: Only those with an error whose code has this in it, whatever its case.
            parent: Only those that went out from the run of this id.
            before: Only those behind the run of this id: the last one of the page before.

        Raises:
            RunLogError: `before` or `parent` is not the id of a run, too.
        """
        behind = None if before is None else _whole_id(before)
        origin = None if parent is None else _whole_id(parent)
        choice = Choice(flow, project, outcome, code, since, until, origin, behind)
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(listed(choice, limit)).all()
            return [_summary(row) for row in rows]

    def get(self, id: str) -> RunRecord | None:
        """The run of this id, or of the only id that begins so; None when there is none.

        Raises:
            RunLogError: it is no id, or several runs have an id that begins so.
        """
        low, high = _range_of(id)
        query = select(*IN_A_LINE, RUNS.c.detail).where(RUNS.c.id.between(low, high)).limit(_MOST_CANDIDATES + 1)
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(query.order_by(RUNS.c.id.desc())).all()
            if len(rows) > 1:
                raise RunLogError(_ambiguous(id, [str(UUID(bytes=row.id)) for row in rows]))
            if not rows or connection is None:
                return None
            kept = connection.execute(select(SNAPSHOTS.c.id).where(SNAPSHOTS.c.id == rows[0].id)).first()
            return _record(rows[0], kept is not None)

    def snapshot(self, id: str) -> Snapshot:
        """What a retry of the failed run of this whole id goes on from.

        Raises:
            RefusedError: `run.missing`, or `run.notRetriable` with the reason.
        """
        key = _whole_id(id)
        query = select(SNAPSHOTS.c.content).where(SNAPSHOTS.c.id == key)
        with self._reading() as connection:
            sealed = None if connection is None else connection.execute(query).scalar_one_or_none()
        if sealed is None:
            raise self._refusal(id)
        return self._opened(key, sealed)

    def running(self) -> builtins.list[RunningRun]:
        """The runs that have been going on for more than a second, in the processes that are alive; the oldest first.

        Of each process at most `RunLogSettings.listed` are here.
        """
        asked = select(literal(True)).where(CANCELS.c.id == RUNNING.c.id).exists().label("asked")
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(select(RUNNING, asked).order_by(RUNNING.c.id)).all()
        alive = {process: is_alive(*process) for process in {(row.pid, row.birth) for row in rows}}
        return [_running(row) for row in rows if alive[row.pid, row.birth]]

    def request_cancel(self, id: str, by: str) -> None:
        """Asks for a run to be cancelled, whichever process of this machine it is in; that takes a moment.

        Its caller gets 503 `flow.cancelled`, and its record says by whom. Asking again changes nothing.

        Args:
            id: The whole id. by: The name of the person who asks.

        Raises:
            RefusedError: `run.ended`, or `run.missing`: there is none, or it has not gone on for a second.
        """
        key = _whole_id(id)
        with self._reading() as connection:
            if connection is None:
                raise RefusedError("run.missing", f"no run {id} is going on")
        with self._told():
            request_cancel(self._home, key, by)

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

    def states(self) -> dict[tuple[str, str, str], int]:
        """By flow, step and state, in how many of the processes that are alive the step is in that state."""
        with self._reading() as connection:
            rows = [] if connection is None else connection.execute(select(STATES)).all()
        alive = {process: is_alive(*process) for process in {(row.pid, row.birth) for row in rows}}
        found = Counter((row.flow, row.step, row.value) for row in rows if alive[row.pid, row.birth])
        return dict(sorted(found.items()))

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
            with self._told(), engine.connect() as connection:
                # A file that a writer has only just made has no tables yet.
                version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
                if 0 < version < VERSION:
                    self._upgrade()
                yield connection if version else None
        finally:
            engine.dispose()

    def _upgrade(self) -> None:
        """Brings a file of an earlier version up to date, before a writer of this version has done so."""
        open_for_writing(self._home, _BUSY_SECONDS).dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raises what goes wrong with the file in the block as `RunLogError`."""
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise RunLogError(f"the run log {self._home / FILE} cannot be read: {reason}") from error
        except msgspec.MsgspecError as error:
            raise RunLogError(f"the run log {self._home / FILE} holds a record that cannot be read: {error}") from error

    def _opened(self, id: bytes, sealed: bytes) -> Snapshot:
        if self._sealer is None:
            raise RefusedError("run.notRetriable", "what a retry needs is sealed, and there is no key here")
        with self._told():
            snapshot = Snapshot.unpacked(self._sealer.open(sealed))
        if UUID(snapshot.run).bytes != id:
            raise RunLogError(f"the run log {self._home / FILE} was tampered with: a snapshot stands at another run")
        return snapshot

    def _refusal(self, id: str) -> RefusedError:
        record = self.get(id)
        if record is None:
            return RefusedError("run.missing", f"no run {id} is kept")
        if record.outcome == "ok":
            return RefusedError("run.notRetriable", f"the run {id} ended well")
        reason = record.not_retriable or "what a retry needs of it was not kept"
        return RefusedError("run.notRetriable", f"the run {id} cannot be retried: {reason}")


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


def _record(row: Any, retriable: bool) -> RunRecord:
    line = asdict(_summary(row))
    if row.detail is None:
        return RunRecord(**line)
    return RunRecord(**line, whole=True, retriable=retriable, **asdict(_DETAIL.decode(row.detail)))


def _running(row: Any) -> RunningRun:
    stored = asdict(_SUMMARY.decode(row.summary))
    del stored["error"]
    return RunningRun(
        id=str(UUID(bytes=row.id)), flow=row.flow, start=start_of(row.id), cancelling=bool(row.asked), **stored
    )


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
