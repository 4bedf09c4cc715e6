"""When a job fires, and which of the fires that have come are run."""

import zlib
from typing import NamedTuple
from zoneinfo import ZoneInfo

from airdock.cron import next_fire
from airdock.spec.descriptors import Job

LATE_SECONDS = 5.0
"""A fire that is later than this was missed."""
MOST_MADE_UP = 100
"""So many missed fires are made up for with `all`: the newest."""
_MOST_COUNTED = 10_000


class Come(NamedTuple):
    """Fires whose time has come. `run`: The Unix times of those that are run, in order. `missed`: How many are not."""

    run: list[float]
    missed: int


class Timetable:
    """The fires of one job, one behind the other.

    Attributes:
        next: Unix time of the next fire; None when there is none any more.
        at: Unix time at which it is to begin, with its jitter.
    """

    def __init__(self, name: str, job: Job, after: float) -> None:
        """The fires behind a Unix time."""
        self._name = name
        self._expression = job.expression
        self._zone = ZoneInfo(job.timezone)
        self._jitter = job.jitter
        self._misfire = job.misfire
        self.next: float | None = None
        self.at = 0.0
        self.go_on(after)

    def go_on(self, after: float) -> None:
        """The next fire is the first one behind a Unix time."""
        self.next = next_fire(self._expression, after, self._zone)
        if self.next is not None:
            self.at = self.next + self._delay(self.next)

    def come(self, now: float) -> Come:
        """The fires that have come by now, of which there is one at least; the next one lies behind."""
        times: list[float] = []
        late = 0.0
        count = 0
        while self.next is not None and self.at <= now:
            late = now - self.at
            times.append(self.next)
            count += 1
            if len(times) > MOST_MADE_UP:
                del times[0]
            # What was missed for a long time is not counted one by one.
            self.go_on(self.next if count < _MOST_COUNTED else now)
        run = self._chosen(times, late)
        return Come(run, count - len(run))

    def _chosen(self, times: list[float], late: float) -> list[float]:
        if self._misfire == "all":
            return times
        return times[-1:] if self._misfire == "once" or late <= LATE_SECONDS else []

    def _delay(self, scheduled: float) -> float:
        """The same for a fire in every process, so that the node that is to claim it is not the one with the least."""
        share = zlib.crc32(f"{self._name} {scheduled:.0f}".encode()) / 2**32
        return self._jitter * share


def schedule_of(job: Job) -> str:
    """What makes the fires of a job: another text, and they are others."""
    return f"{job.expression.normal} {job.timezone}"
