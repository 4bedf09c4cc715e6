"""All fires to come of a process: one heap and one timer, whatever the number of jobs."""

import heapq
from collections.abc import Callable, Iterator

from airdock.spec.clock import Clock, Timer
from airdock.triggers.cron.entry import Entry

LOOK_SECONDS = 10.0
"""The clock is looked at so often at least, as it may be set meanwhile."""


class Agenda:
    """Says when fires of jobs have come. For one event loop."""

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        """`ring` is called when something may have come; it takes that and sets the timer again."""
        self._clock = clock
        self._ring = ring
        self._heap: list[tuple[float, int, int, Entry]] = []
        self._count = 0
        self._timer: Timer | None = None

    def plan(self, entry: Entry) -> None:
        """The next fire of a job, in place of what was planned before."""
        entry.turn += 1
        timetable = entry.timetable
        if timetable is not None and timetable.next is not None:
            self._count += 1
            heapq.heappush(self._heap, (timetable.at, self._count, entry.turn, entry))

    def due(self, now: float) -> Iterator[Entry]:
        """The jobs of which a fire has come; each is to be planned anew."""
        while self._heap and self._heap[0][0] <= now:
            _, _, turn, entry = heapq.heappop(self._heap)
            if turn == entry.turn and not entry.gone:
                yield entry

    def wait(self, most: float = LOOK_SECONDS) -> None:
        """Sets the timer to the next fire."""
        while self._heap and (self._heap[0][3].turn != self._heap[0][2] or self._heap[0][3].gone):
            heapq.heappop(self._heap)
        seconds = most
        if self._heap:
            seconds = max(0.0, min(seconds, self._heap[0][0] - self._clock.now()))
        self.rest(seconds)

    def rest(self, seconds: float) -> None:
        """Sets the timer to a time from now, whatever has come by then."""
        self.stop()
        self._timer = self._clock.call_later(seconds, self._ring)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
