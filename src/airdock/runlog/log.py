"""The run log of a process."""

import time
from collections.abc import Callable
from pathlib import Path

from airdock.runlog.database import Database
from airdock.runlog.flowlog import FlowLog
from airdock.runlog.inflight import InFlight
from airdock.runlog.masking import Masker
from airdock.runlog.pending import Queue
from airdock.runlog.rows import States
from airdock.runlog.settings import RunLogSettings, level_of
from airdock.runlog.writer import Writer
from airdock.sealer import Sealer


class RunLog:
    """Keeps what flows did, in `runs.db` in the home folder. Every process that runs flows has one, for the same file.

    It may be made, and `flow` called, before a process forks; `start` belongs into the process that runs flows.
    Runs that end before `start` wait in the queue, those that end after `close` are lost.

    Args:
        home: The folder, AIRDOCK_HOME. Made when it is missing.
        worker: A name for this process, kept with what is in flight.
        secret_values: Gives the values known to be secret at the moment; they are masked wherever they stand.
        sealer: Seals what a retry of a failed run needs; without one that is not kept, and no run can be retried.
        wall, ticks: Clocks: seconds since 1970, and ns for durations (the one that `started_ns` comes from).
    """

    def __init__(
        self,
        home: Path,
        *,
        settings: RunLogSettings | None = None,
        worker: str = "",
        secret_values: Callable[[], tuple[str, ...]] = tuple,
        sealer: Sealer | None = None,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], int] = time.perf_counter_ns,
    ) -> None:
        self._home = home
        self._settings = settings or RunLogSettings()
        self._worker = worker
        self._sealer = sealer
        self._wall = wall
        self._ticks = ticks
        self._masker = Masker(self._settings.secret_names, secret_values)
        self._queue = Queue(self._settings.queue_size)
        self._in_flight = InFlight(ticks)
        self._flows: dict[str, FlowLog] = {}
        self._states: Callable[[], States] = dict
        self._writer: Writer | None = None
        self._closed = False

    def flow(self, name: str, project: str, level: str) -> FlowLog:
        """The log of the flow of that name: always the same one, with the level of the last call.

        Raises:
            ValueError: there is no such level.
        """
        flow = self._flows.get(name)
        if flow is None:
            flow = self._flows[name] = FlowLog(
                name,
                project,
                level_of(level),
                queue=self._queue,
                masker=self._masker,
                settings=self._settings,
                ticks=self._ticks,
                in_flight=self._in_flight,
                retriable=self._sealer is not None,
            )
        else:
            flow.set_level(level_of(level))
        return flow

    def watch(self, states: Callable[[], States]) -> None:
        """Keeps what state steps of this process are in; `states` is called from another thread, again and again."""
        self._states = states

    def start(self) -> None:
        """Begins to write. A file that cannot be opened is reported and tried again, not raised.

        Raises:
            RuntimeError: it was started or closed before.
        """
        if self._writer is not None or self._closed:
            raise RuntimeError("a run log is started once; make another")
        self._writer = Writer(
            Database(self._home, self._worker, self._settings.busy_timeout),
            self._queue,
            lambda: list(self._flows.values()),
            masker=self._masker,
            settings=self._settings,
            wall=self._wall,
            in_flight=self._in_flight,
            sealer=self._sealer,
            states=lambda: self._states(),
        )
        self._writer.start()

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until every run that ended before this call is stored; False when `timeout` seconds were not enough.

        It blocks its thread: not for the event loop. False at once when the log is not started or is closed.
        """
        return self._writer is not None and not self._closed and self._writer.flush(timeout)

    def close(self) -> bool:
        """Stores what is left and returns when it is on the disk; False if `close_timeout` seconds were not enough.

        What is then lost is said in the log. It blocks. A second call does nothing and returns True.
        """
        if self._closed:
            return True
        self._closed = True
        return self._writer is None or self._writer.close(self._settings.close_timeout)

    @property
    def dropped(self) -> int:
        """How many records this process has dropped because they came faster than they could be written."""
        return sum(flow.dropped for flow in self._flows.values())
