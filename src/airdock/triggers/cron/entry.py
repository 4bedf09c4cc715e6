"""One job of a process."""

from collections import deque

from airdock.spec.descriptors import Job
from airdock.triggers.activity import Activity
from airdock.triggers.cron.start import Start
from airdock.triggers.cron.state import JobState
from airdock.triggers.cron.timetable import Timetable, schedule_of


class Entry:
    """A job, its fires, and its runs in this process.

    Attributes:
        name, activity: The job. schedule: What makes its fires.
        timetable: Its fires; None until it is known behind which time they are due.
        turn: Which of its places in the agenda counts.
        queue: Starts that wait for a run to end. running: Runs that go on here.
        paused, gone: An operator paused it; it is not there any more.
        last, misfires, skipped: As in `JobState`.
    """

    __slots__ = (
        *("activity", "gone", "last", "misfires", "name", "paused", "queue", "running"),
        *("schedule", "skipped", "timetable", "turn"),
    )

    def __init__(self, activity: Activity[Job]) -> None:
        self.name = activity.name
        self.activity = activity
        self.schedule = schedule_of(activity.model)
        self.timetable: Timetable | None = None
        self.turn = 0
        self.queue: deque[Start] = deque()
        self.running = 0
        self.paused = self.gone = False
        self.last: float | None = None
        self.misfires = self.skipped = 0

    @property
    def overlap(self) -> str:
        return self.activity.model.overlap

    @property
    def holds(self) -> bool:
        """Whether no other process may run it now."""
        return self.running > 0 and self.overlap != "allow"

    def become(self, activity: Activity[Job]) -> bool:
        """Another version of the job, or the same one; whether it is to be planned anew. One with another schedule has
        no timetable until it is known behind which time its fires are due."""
        before, self.activity = self.activity.model, activity
        if activity.model is before:
            return False
        schedule, timetable = schedule_of(activity.model), self.timetable
        if schedule != self.schedule:
            self.schedule, self.timetable = schedule, None
        elif timetable is not None and timetable.next is not None:
            self.timetable = Timetable(self.name, activity.model, timetable.next - 1)
        return True

    @property
    def state(self) -> JobState:
        """For any thread."""
        timetable = self.timetable
        return JobState(
            name=self.name,
            next=None if timetable is None or self.paused else timetable.next,
            last=self.last,
            running=self.running,
            queued=len(self.queue),
            paused=self.paused,
            misfires=self.misfires,
            skipped=self.skipped,
        )
