"""Starts of jobs: what happens when the last run still goes on, here or in another process."""

import asyncio
import logging
from collections.abc import Callable

from airdock.spec.clock import Clock
from airdock.triggers.cron.entry import Entry
from airdock.triggers.cron.start import Start, run_job

log = logging.getLogger("airdock.jobs")

MOST_QUEUED = 100
"""So many starts of a job wait for a run to end; what comes then is passed over."""
MOST_AT_ONCE = 100
"""So many runs of a job with `allow` go on at once in a process."""


class Starts:
    """Starts the runs of a process. For one event loop.

    Attributes:
        tasks: The runs that go on. blocked: Jobs whose starts wait for a run of another process.
    """

    def __init__(self, clock: Clock, free: Callable[[Entry], None]) -> None:
        """`free` is told when no run of a job goes on here any more and none waits."""
        self.tasks: set[asyncio.Task[None]] = set()
        self.blocked: set[Entry] = set()
        self.stopping = False
        self._clock = clock
        self._free = free

    def add(self, entry: Entry, start: Start, may_begin: bool = True) -> None:
        """Begins a run, or puts it off, or passes it over, as the job's `overlap` says.

        A run that somebody asked for is never passed over: it waits.

        Args:
            may_begin: No other process runs the job.
        """
        if entry.overlap == "allow":
            if entry.running < MOST_AT_ONCE:
                self._begin(entry, start)
            else:
                self._pass_over(entry)
        elif not (entry.running or entry.queue) and may_begin:
            self._begin(entry, start)
        elif (entry.overlap == "queue" or start.by) and len(entry.queue) < MOST_QUEUED:
            entry.queue.append(start)
            if not entry.running:
                self.blocked.add(entry)
        else:
            self._pass_over(entry)

    def go_on(self, entry: Entry) -> None:
        """The next start that waits begins, if there is one."""
        self.blocked.discard(entry)
        if entry.queue and not self.stopping:
            self._begin(entry, entry.queue.popleft())

    async def stop(self, grace: float) -> None:
        """Waits for the runs so long, then cuts them off."""
        self.stopping = True
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=grace)
            if late:
                log.warning("%d runs of jobs did not end in time and are cut off", len(late))
                for task in late:
                    task.cancel()
                await asyncio.wait(late)

    def _begin(self, entry: Entry, start: Start) -> None:
        now = self._clock.now()
        entry.running += 1
        entry.last = now
        task = asyncio.get_running_loop().create_task(run_job(entry.activity, start, now))
        self.tasks.add(task)
        task.add_done_callback(lambda done: self._ended(entry, done))

    def _ended(self, entry: Entry, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        entry.running -= 1
        if entry.overlap != "allow" and entry.running == 0:
            if entry.queue and not self.stopping:
                self._begin(entry, entry.queue.popleft())
            else:
                self._free(entry)

    def _pass_over(self, entry: Entry) -> None:
        entry.skipped += 1
        log.info("%s: a start is passed over, as the last run still goes on", entry.name)
