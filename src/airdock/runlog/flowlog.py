"""The run log of one flow, as the engine uses it while runs begin and end."""

from bisect import bisect_left
from collections.abc import Callable

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.runlog.inflight import InFlight
from airdock.runlog.masking import Masker
from airdock.runlog.pending import (
    Pending,
    Queue,
    failed_record,
    plain_record,
    whole_record,
    with_snapshot,
    with_steps,
)
from airdock.runlog.records import BOUNDS
from airdock.runlog.settings import Level, RunLogSettings
from airdock.runlog.snapshot import packed_snapshot

_BOUNDS = tuple(round(bound * 1e9) for bound in BOUNDS)
_FIRST = _BOUNDS[0]
_SECOND = 10**9
_FOREVER = 2**63
SUM = len(BOUNDS) + 1
"""Where a tally has the sum of the durations in ns; before it stand the buckets."""


class FlowLog:
    """Counts the runs of one flow and hands to the writer what is to be kept of them.

    All methods are for one thread, the event loop's: nothing here takes a lock. The writer only reads the counters and
    works with differences, so it can neither lose nor repeat a run.

    Attributes:
        name, project: Of the flow.
        keep_trail: Whether the engine should note the steps of a run in `Exchange.trail`.
        changed: The loop sets it after each change, the writer clears it before it reads.
    """

    __slots__ = (
        "_begun", "_failed", "_failures", "_failures_end", "_in_flight", "_level", "_lost", "_masker", "_ok", "_queue",
        "_retriable", "_room", "_room_end", "_settings", "_snapshots", "_ticks", "changed", "keep_trail", "name",
        "project",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        project: str,
        level: Level,
        *,
        queue: Queue,
        masker: Masker,
        settings: RunLogSettings,
        ticks: Callable[[], int],
        in_flight: InFlight,
        retriable: bool = False,
    ) -> None:
        """`retriable`: what a retry needs is kept of failed runs, as it can be sealed."""
        self.name = name
        self.project = project
        self.changed = False
        self._queue = queue
        self._masker = masker
        self._settings = settings
        self._ticks = ticks
        self._in_flight = in_flight
        self._retriable = retriable
        self._begun = 0
        self._ok = [0] * (SUM + 1)
        self._failed = [0] * (SUM + 1)
        self._lost = 0
        self._failures = 0
        self._failures_end = 0
        self._snapshots = 0
        self._level: Level | None = None
        self.set_level(level)

    def set_level(self, level: Level) -> None:
        """Changes what is kept, from now on."""
        if level == self._level:
            return
        self._level = level
        self.keep_trail = level != "off"
        # Where no success is kept, its budget is used up for ever; where every one is, it never is.
        self._room = 1 if level == "full" else 0
        self._room_end = 0 if level == "summary" else _FOREVER

    def started(self) -> None:
        """A run has begun."""
        self._begun += 1
        self.changed = True

    def waiting(self, exchange: Exchange, started_ns: int) -> None:
        """A run that `started` announced waits, in the task that calls, until `waited`."""
        self._in_flight.add(exchange, started_ns)

    def cancelled_by(self, exchange: Exchange) -> str:
        """Who asked for a run that waits to be cancelled; empty when nobody did."""
        return self._in_flight.cancelled_by(exchange)

    def waited(self, exchange: Exchange) -> None:
        """A run that was waiting has ended."""
        self._in_flight.remove(exchange)

    def wants_body(self, exchange: Exchange) -> bool:
        """Whether the body of a run that failed should be taken from the wire, where it still is, to be kept."""
        if not self._retriable or self._level == "off":
            return False
        try:
            request = exchange.request
            length = str(request.headers.get("content-length", "0")) if request.unread else "none"
        except FlowError:
            return False
        return length.isdecimal() and int(length) <= self._settings.snapshot

    def ended(self, exchange: Exchange, started_ns: int, error: FlowError | None) -> None:
        """A run that `started` announced has ended; with an error if nobody handled it.

        What is kept of the exchange is copied here: it may be changed afterwards. It does not raise, whatever it holds.

        Args:
            started_ns: `perf_counter_ns` when it began.
        """
        now = self._ticks()
        taken = now - started_ns
        if error is not None:
            self._count(self._failed, taken)
            self._keep_failure(exchange, started_ns, now, error)
            return
        tally = self._ok
        # Most runs are in the first bucket: no need to search for it.
        tally[0 if taken <= _FIRST else bisect_left(_BOUNDS, taken)] += 1
        tally[SUM] += taken
        self.changed = True
        if self._room or now >= self._room_end or exchange.run.retry_of:
            self._keep_success(exchange, started_ns, now)

    def tallies(self) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """For the writer: counts by bucket and the sum of ns of successes and of failures, and the records dropped."""
        return tuple(self._ok), tuple(self._failed), self._lost

    @property
    def in_flight(self) -> int:
        """How many runs have begun and not ended."""
        ended = sum(self._ok[:SUM]) + sum(self._failed[:SUM])
        return self._begun - ended

    @property
    def dropped(self) -> int:
        """How many records were dropped because the writer could not keep up or could not write."""
        return self._lost

    def _count(self, tally: list[int], taken: int) -> None:
        tally[bisect_left(_BOUNDS, taken)] += 1
        tally[SUM] += taken
        self.changed = True

    def _keep_success(self, exchange: Exchange, started: int, now: int) -> None:
        if self._level == "off":
            return
        # Who retried a run looks for what became of it, whatever the budget.
        if self._level == "full" or exchange.run.retry_of:
            record = plain_record(self._masker, self.name, exchange, started, now)
            self._put(with_steps(record, exchange.trail))
            return
        if now >= self._room_end:
            self._room_end = now + _SECOND
            self._room = self._settings.successes
        if self._room:
            self._room -= 1
            self._put(plain_record(self._masker, self.name, exchange, started, now))

    def _keep_failure(self, exchange: Exchange, started: int, now: int, error: FlowError) -> None:
        if self._level == "off":
            return
        if now >= self._failures_end:
            self._failures_end = now + _SECOND
            self._failures = self._snapshots = 0
        self._failures += 1
        settings = self._settings
        if self._failures <= settings.whole_failures:
            record = whole_record(self._masker, self.name, exchange, started, now, error, settings)
            self._put(with_snapshot(record, *self._snapshot(exchange, error)))
        elif self._failures <= settings.failures:
            self._put(failed_record(self._masker, self.name, exchange, started, now, error))

    def _snapshot(self, exchange: Exchange, error: FlowError) -> tuple[bytes, str]:
        if not self._retriable:
            return b"", "no key seals what a retry needs"
        limit = self._settings.snapshot
        if self._snapshots >= limit:
            return b"", "too many runs of the flow failed within that second"
        snapshot, reason = packed_snapshot(exchange, error.checkpoint, limit)
        # To see that one is too large takes as long as to keep it.
        self._snapshots += len(snapshot) or limit // 4
        return snapshot, reason

    def _put(self, record: Pending) -> None:
        if not self._queue.put(record):
            self._lost += 1
            self.changed = True
