"""The thread that writes records and counters to the database, away from the event loop."""

import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from airdock.runlog.database import Database
from airdock.runlog.flowlog import FlowLog
from airdock.runlog.masking import Masker
from airdock.runlog.pending import Pending, Queue
from airdock.runlog.rows import RunRow, Stored, run_row
from airdock.runlog.schema import RunLogError
from airdock.runlog.settings import RunLogSettings
from airdock.runlog.trouble import Trouble, log

_BATCH = 2000
_PAUSE_AFTER_ERROR = 0.5


class Writer:
    """Writes every `settings.interval` seconds what has come since. It takes from the queue and reads the counters.

    What could not be written is kept and tried again; what the queue cannot hold meanwhile is dropped and counted.

    Args:
        flows: Gives the flows that there are now.
        wall: Seconds since 1970, to tell which records are too old.
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
    ) -> None:
        self._database = database
        self._queue = queue
        self._flows = flows
        self._masker = masker
        self._settings = settings
        self._wall = wall
        self._stored = Stored()
        self._batch: list[Pending] = []
        self._rows: list[RunRow] = []
        self._refused: dict[str, int] = {}
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
                cleaned = self._attempt(self._clean)
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
            self._rows = [row for record in self._batch if (row := self._row(record)) is not None]
        changes = self._stored.changes(self._flows())
        if self._rows or changes or self._refused:
            try:
                self._database.store(self._rows, changes, self._refused)
            except BaseException:
                self._stored.forget(changes)
                raise
            self._trouble.over()
            self._stored.remember(changes)
            self._grown = self._grown or bool(self._rows)
        self._queue.done(self._batch)
        self._batch, self._rows, self._refused = [], [], {}

    def _row(self, record: Pending) -> RunRow | None:
        try:
            return run_row(record, self._masker, self._settings.steps)
        except Exception as error:  # noqa: BLE001 -- one record that cannot be encoded must not hold up the others
            self._refused[record.flow] = self._refused.get(record.flow, 0) + 1
            self._trouble.report(f"a run of {record.flow} cannot be recorded ({type(error).__name__}); it is counted")
            return None

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
