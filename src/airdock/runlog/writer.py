"""The thread that writes records and counters to the database, away from the event loop."""

import threading
import time
from collections.abc import Callable
from uuid import UUID

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from airdock.runlog.database import Batch, Database
from airdock.runlog.flowlog import FlowLog
from airdock.runlog.inflight import InFlight, Waiting
from airdock.runlog.masking import Masker
from airdock.runlog.pending import Pending, Queue, summary_of
from airdock.runlog.rows import SnapshotRow, States, Stored, run_row, snapshot_row, storable
from airdock.runlog.schema import RunLogError
from airdock.runlog.settings import RunLogSettings
from airdock.runlog.trouble import Trouble, log
from airdock.sealer import Sealer

_BATCH = 2000
_PAUSE_AFTER_ERROR = 0.5


class Writer:
    """Writes every `settings.interval` seconds what has come since. It takes from the queue and reads the counters.

    What could not be written is kept and tried again; what the queue cannot hold meanwhile is dropped and counted.

    Args:
        flows: Gives the flows that there are now.
        wall: Seconds since 1970, to tell which records are too old.
        in_flight: The runs that wait, to list the old ones and cancel those that somebody wants to be.
        sealer: Seals what retries need.
        states: Gives the state of each step that has one.
    """

    def __init__(
        self,
        database: Database,
        queue: Queue,
        flows: Callable[[], list[FlowLog]],
        *,
        masker: Masker,
        settings: RunLogSettings,
        wall: Callable[[], float],
        in_flight: InFlight,
        sealer: Sealer | None = None,
        states: Callable[[], States] = dict,
    ) -> None:
        self._database = database
        self._queue = queue
        self._flows = flows
        self._masker = masker
        self._settings = settings
        self._wall = wall
        self._stored = Stored()
        self._batch: list[Pending] = []
        self._ready = Batch()
        self._sealer = sealer
        self._states = states
        self._in_flight = in_flight
        self._listed: set[str] = set()
        self._grown = False
        self._trouble = Trouble(database.path)
        self._cleanup_at = 0.0
        self._wake = threading.Event()
        self._progress = threading.Condition()
        self._asked = 0
        self._answered = 0
        self._give_up_at: float | None = None
        self._complete = False
        self._thread = threading.Thread(target=self._run, name="airdock-runlog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def flush(self, timeout: float) -> bool:
        """Waits until everything that came before is stored; False if that takes longer than `timeout` seconds."""
        with self._progress:
            self._asked += 1
            ticket = self._asked
            self._wake.set()
            return self._progress.wait_for(lambda: self._answered >= ticket, timeout)

    def close(self, timeout: float) -> bool:
        """Writes what is left and ends the thread; False if that was not possible within `timeout` seconds."""
        self._give_up_at = time.monotonic() + timeout
        self._wake.set()
        self._thread.join(timeout + 1.0)
        return self._complete and not self._thread.is_alive()

    def _run(self) -> None:
        while self._give_up_at is None:
            asked = self._asked
            cleaned = False
            if self._attempt(self._write_all):
                cleaned = self._attempt(self._clean) and self._attempt(self._cancel)
                self._answer(asked)
            self._wait(self._settings.interval if cleaned else _PAUSE_AFTER_ERROR)
        self._finish(self._give_up_at)

    def _wait(self, seconds: float) -> None:
        if self._wake.wait(seconds):
            self._wake.clear()

    def _answer(self, ticket: int) -> None:
        with self._progress:
            self._answered = max(self._answered, ticket)
            self._progress.notify_all()

    def _finish(self, give_up_at: float) -> None:
        """Writes the rest. Only another process that writes just then is worth waiting for."""
        asked = self._asked
        while not (done := self._attempt(self._write_all) and self._attempt(self._database.leave)):
            if not self._trouble.busy or time.monotonic() >= give_up_at:
                break
        self._complete = done
        if done:
            self._answer(asked)
        else:
            left = len(self._batch) + len(self._queue)
            log.error("the run log ends with %d records, and the last counters, not written", left)
        self._database.close()

    def _write_all(self) -> None:
        """Writes until nothing waits that was there at the beginning."""
        waiting = len(self._queue)
        while True:
            self._write_batch()
            waiting -= _BATCH
            if waiting <= 0:
                return

    def _write_batch(self) -> None:
        if not self._batch:
            self._batch = self._queue.take(_BATCH)
            for record in self._batch:
                self._prepare(record)
        ready = self._ready
        running = self._running(ready)
        ready.changes = self._stored.changes(self._flows())
        states = self._states()
        ready.states, ready.stateless = self._stored.state_changes(states)
        if ready:
            try:
                self._database.store(ready)
            except BaseException:
                self._stored.forget(ready.changes)
                raise
            self._trouble.over()
            self._stored.remember(ready.changes)
            self._stored.remember_states(states)
            self._grown = self._grown or bool(ready.runs)
        self._listed = running
        self._queue.done(self._batch)
        self._batch, self._ready = [], Batch()

    def _prepare(self, record: Pending) -> None:
        """Makes the rows of a run that has ended."""
        try:
            snapshot = self._sealed(record)
            self._ready.runs.append(run_row(record, self._masker, self._settings.steps))
        except Exception as error:  # noqa: BLE001 -- one record that cannot be encoded must not hold up the others
            refused = self._ready.dropped
            refused[record.flow] = refused.get(record.flow, 0) + 1
            self._trouble.report(f"a run of {record.flow} cannot be recorded ({type(error).__name__}); it is counted")
        else:
            self._ready.snapshots += snapshot

    def _sealed(self, record: Pending) -> list[SnapshotRow]:
        """What a retry needs; where it cannot be sealed, the run says that it cannot be retried."""
        if not record.snapshot or self._sealer is None:
            return []
        try:
            return [snapshot_row(record, self._sealer)]
        except Exception as error:  # noqa: BLE001 -- whatever ails the sealer, the run is recorded
            record.not_retriable = f"what a retry needs could not be sealed: {error}"
            return []

    def _running(self, ready: Batch) -> set[str]:
        """Notes which runs are to be listed as running, and which no longer; gives the ids of those that now are."""
        old = self._in_flight.old(round(self._settings.running * 1e9), self._settings.listed)
        ready.over = [UUID(id).bytes for id in self._listed - old.keys()]
        ready.begun = [
            (UUID(id).bytes, storable(waiting.exchange.run.flow), self._summary(waiting))
            for id, waiting in old.items()
            if id not in self._listed
        ]
        return set(old)

    def _summary(self, waiting: Waiting) -> bytes:
        return msgspec.json.encode(summary_of(self._masker, waiting.exchange))

    def _cancel(self) -> None:
        """Cancels the runs of this process that somebody wants to be cancelled."""
        if self._listed:
            for id, by in self._database.cancels():
                self._in_flight.cancel(str(UUID(bytes=id)), by)

    def _clean(self) -> None:
        if self._grown:
            self._database.delete_beyond(self._settings.max_size)
            self._grown = False
        now = time.monotonic()
        if now >= self._cleanup_at:
            self._database.delete_older(self._wall() - self._settings.max_age)
            self._trouble.over()
            self._cleanup_at = now + self._settings.cleanup_interval

    def _attempt(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except (SQLAlchemyError, OSError, RunLogError) as error:
            self._trouble.failed(
                error, len(self._batch) + len(self._queue), sum(flow.dropped for flow in self._flows())
            )
        except Exception:  # noqa: BLE001
            # A mistake in here. It must not end the thread: the queue would fill and nobody would know why.
            self._trouble.report("the run log's writer failed; it tries again", trace=True)
        else:
            return True
        self._database.close()
        return False
