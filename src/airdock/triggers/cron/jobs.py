"""The jobs of a process: planned, replaced and ended as their descriptors change, and fired once in an installation."""

import asyncio
import logging
from collections.abc import Collection, Coroutine
from typing import Any

from airdock.database import DatabaseError
from airdock.spec.clock import Clock
from airdock.spec.descriptors import Job
from airdock.triggers.activity import Activity
from airdock.triggers.cron.agenda import LOOK_SECONDS, Agenda
from airdock.triggers.cron.claims import Fire
from airdock.triggers.cron.entry import Entry
from airdock.triggers.cron.requests import Request
from airdock.triggers.cron.start import Start
from airdock.triggers.cron.starts import Starts
from airdock.triggers.cron.state import JobState
from airdock.triggers.cron.store import JobStore
from airdock.triggers.cron.timetable import Timetable

log = logging.getLogger("airdock.jobs")

RETRY_SECONDS = 1.0
"""So often the database is tried while it is away, and it is asked whether a run of another process has ended."""
_SET_BACK = 1.0
"""Seconds by which the clock may be set back unnoticed."""


class Jobs:
    """All jobs of a process. For one event loop, but for `states`.

    A fire is run by the process that claims it in the database. Where that is away, it is run here at once if no other
    node has the same jobs; else it waits for the database, and is late.
    """

    def __init__(self, clock: Clock, store: JobStore | None) -> None:
        """`store`: None for fires that nobody else knows of, as in tests."""
        self._clock = clock
        self._store = store
        self._entries: dict[str, Entry] = {}
        self._held: frozenset[str] = frozenset()
        self._agenda = Agenda(clock, self._ring)
        self._starts = Starts(clock, self._free)
        self._freed: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._away = False
        self._kept_at = clock.now()
        self._unknown: list[Entry] = []
        self._seen = clock.now()
        self._keeping = self._stopped = False

    def switch(self, activities: list[Activity[Job]]) -> None:
        """From now on these are the jobs. One with the same schedule keeps it; runs in flight end as they began."""
        wanted = {activity.name: activity for activity in activities}
        gone = [name for name in self._entries if name not in wanted]
        for name in gone:
            self._drop(name)
        new = []
        for name, activity in wanted.items():
            entry = self._entries.get(name)
            if entry is None:
                new.append(self._add(activity))
            elif entry.become(activity):
                self._agenda.plan(entry)
                if entry.timetable is None:
                    new.append(entry)
        if gone and self._store is not None:
            self._do(self._told(self._store.forget(gone)))
        self._do(self._adopt(new))
        self._agenda.wait()

    def hold(self, names: Collection[str]) -> None:
        """Operators have paused these jobs, and no others; what was missed meanwhile is not made up for. Names of jobs
        that are not there count when they come."""
        before, self._held = self._held, frozenset(names)
        changed = [self._entries[name] for name in before ^ self._held if name in self._entries]
        for entry in changed:
            entry.paused = entry.name in self._held
        self._resume([entry for entry in changed if not entry.paused])

    def look(self) -> None:
        """Somebody asked for runs."""
        if self._store is not None and not self._stopped:
            self._do(self._take(self._store))

    def states(self) -> list[JobState]:
        """How each job stands, by name; for any thread."""
        return sorted((entry.state for entry in list(self._entries.values())), key=lambda state: state.name)

    async def stop(self, grace: float) -> None:
        """Fires no more, waits for runs so long and cuts off those that go on; what waited to begin is given back."""
        self._stopped = True
        self._agenda.stop()
        await self._starts.stop(grace)
        if self._tasks:
            await asyncio.wait(set(self._tasks))
        if self._store is not None:
            await self._told(self._give_back(self._store))
            await asyncio.to_thread(self._store.close)

    def _add(self, activity: Activity[Job]) -> Entry:
        entry = self._entries[activity.name] = Entry(activity)
        entry.paused = activity.name in self._held
        return entry

    def _drop(self, name: str) -> None:
        entry = self._entries.pop(name)
        entry.gone = True
        entry.queue.clear()
        self._starts.blocked.discard(entry)

    def _resume(self, entries: list[Entry]) -> None:
        now = self._clock.now()
        for entry in entries:
            if entry.timetable is not None:
                entry.timetable.go_on(now)
                self._agenda.plan(entry)
        if entries and self._store is not None:
            self._do(self._told(self._store.pass_over([entry.name for entry in entries], now)))
        self._agenda.wait()

    async def _adopt(self, entries: list[Entry]) -> None:
        """Finds out behind which time the fires of new jobs are due, and plans them."""
        known: dict[str, float] = {}
        now = self._clock.now()
        if self._store is not None and entries:
            try:
                known = await self._store.adopt({entry.name: entry.schedule for entry in entries}, now)
                self._back()
            except DatabaseError as error:
                self._lost(self._store, error)
                if not self._store.alone:
                    self._unknown += entries
                    return
        for entry in entries:
            if entry.gone:
                continue
            entry.timetable = Timetable(entry.name, entry.activity.model, known.get(entry.name, now))
            self._agenda.plan(entry)
        if not self._stopped:
            self._agenda.wait()
            self.look()

    def _ring(self) -> None:
        now = self._clock.now()
        if now < self._seen - _SET_BACK:
            self._plan_anew(now)
        self._seen = now
        if not self._is_waiting:
            due: list[tuple[Entry, list[float], int]] = []
            for entry in self._agenda.due(now):
                assert entry.timetable is not None  # noqa: S101 -- for the type checker
                come = entry.timetable.come(now)
                self._agenda.plan(entry)
                if entry.paused:
                    continue
                entry.misfires += come.missed
                if come.missed:
                    log.warning("%s: %d starts were missed", entry.name, come.missed)
                if come.run:
                    due.append((entry, come.run, come.missed))
            if due:
                self._do(self._fire(due))
        soon = self._away or bool(self._starts.blocked)
        if self._store is not None and not self._keeping and (soon or abs(now - self._kept_at) >= LOOK_SECONDS):
            self._keeping = True
            self._do(self._keep(self._store))
        if self._is_waiting:
            self._agenda.rest(RETRY_SECONDS)
        else:
            self._agenda.wait(RETRY_SECONDS if soon else LOOK_SECONDS)

    def _plan_anew(self, now: float) -> None:
        """The clock was set back. What was claimed is not claimed again, so that only what is new is run."""
        log.warning("the clock was set back by %.0f s", self._seen - now)
        for entry in self._entries.values():
            if entry.timetable is not None:
                entry.timetable.go_on(now)
                self._agenda.plan(entry)

    @property
    def _is_waiting(self) -> bool:
        """Whether fires wait for the database."""
        return self._away and self._store is not None and not self._store.alone

    async def _fire(self, due: list[tuple[Entry, list[float], int]]) -> None:
        """Runs the fires that this process claims, the earlier ones of each job first."""
        while due:
            fires = [
                Fire(entry.name, entry.schedule, times[0], missed, entry.overlap != "allow")
                for entry, times, missed in due
            ]
            won = await self._claim(fires)
            if won is None:
                self._put_off(due)
                return
            for entry, times, _ in due:
                if entry.name not in won or entry.gone:
                    continue
                if self._stopped:
                    entry.queue.append(Start(times[0]))
                else:
                    self._starts.add(entry, Start(times[0]), won[entry.name])
            due = [(entry, times[1:], 0) for entry, times, _ in due if len(times) > 1]

    async def _claim(self, fires: list[Fire]) -> dict[str, bool] | None:
        """The jobs whose fire is to be run here, each with whether it may begin; None while that cannot be told."""
        if self._store is None:
            return {fire.job: True for fire in fires}
        try:
            won = await self._store.claim(fires, self._clock.now())
        except DatabaseError as error:
            self._lost(self._store, error)
            return {fire.job: True for fire in fires} if self._store.alone else None
        self._back()
        return won

    def _put_off(self, due: list[tuple[Entry, list[float], int]]) -> None:
        """These fires come again when the database is back, as late as they are then."""
        for entry, times, missed in due:
            entry.misfires -= missed
            if entry.timetable is not None:
                entry.timetable.go_on(times[0] - 1)
                self._agenda.plan(entry)

    async def _take(self, store: JobStore) -> None:
        """Begins the runs that somebody asked for."""
        try:
            asked = await store.take(self._entries.keys())
            for request in asked:
                await self._begin_asked(store, request)
        except DatabaseError as error:
            self._lost(store, error)

    async def _begin_asked(self, store: JobStore, request: Request) -> None:
        entry = self._entries.get(request.job)
        if entry is None or self._stopped:
            await store.give_back((), [request])
            return
        start = Start(request.at, request.by, request.parameters)
        busy = entry.overlap != "allow" and not entry.running
        self._starts.add(entry, start, await store.begin(entry.name, self._clock.now()) if busy else True)
        self._agenda.wait(RETRY_SECONDS)

    async def _keep(self, store: JobStore) -> None:
        """Now and then: says which jobs are still run here, and looks for what was asked for, or has become free."""
        try:
            running = [entry.name for entry in self._entries.values() if entry.holds]
            await store.renew(running, self._clock.now())
            self._back()
            if self._unknown:
                unknown, self._unknown = self._unknown, []
                await self._adopt(unknown)
            for entry in list(self._starts.blocked):
                if await store.begin(entry.name, self._clock.now()):
                    self._starts.go_on(entry)
            self.look()
        except DatabaseError as error:
            self._lost(store, error)
        finally:
            self._kept_at = self._clock.now()
            self._keeping = False

    def _free(self, entry: Entry) -> None:
        if self._store is None or self._stopped:
            return
        if not self._freed:
            # Behind the other runs that end in this turn.
            asyncio.get_running_loop().call_soon(self._release, self._store)
        self._freed.add(entry.name)

    def _release(self, store: JobStore) -> None:
        freed, self._freed = self._freed, set()
        ended = [name for name in freed if (entry := self._entries.get(name)) is None or not entry.running]
        self._do(self._told(store.release(ended)))

    async def _give_back(self, store: JobStore) -> None:
        waiting = [(entry, start) for entry in self._entries.values() for start in entry.queue]
        fires: dict[str, Fire] = {}
        for entry, start in waiting:
            if not start.by:
                fires.setdefault(entry.name, Fire(entry.name, entry.schedule, start.scheduled))
        asked = [
            Request(entry.name, start.parameters, start.by, start.scheduled) for entry, start in waiting if start.by
        ]
        await store.give_back(fires.values(), asked)
        await store.release(entry.name for entry in self._entries.values())

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        """Does what need not succeed."""
        try:
            await work
        except DatabaseError as error:
            log.debug("not kept: %s", error)

    def _lost(self, store: JobStore, error: DatabaseError) -> None:
        if not self._away:
            how = "fire on this node without it" if store.alone else "wait for it"
            log.warning("the database is away, and jobs %s: %s", how, error)
        self._away = True

    def _back(self) -> None:
        if self._away:
            log.info("the database is back, and jobs are claimed in it again")
        self._away = False

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
