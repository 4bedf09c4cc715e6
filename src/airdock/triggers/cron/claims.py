"""Which process of an installation runs a fire of a job: what is written and asked in the database."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from airdock.triggers.cron.tables import FIRES

LEASE_SECONDS = 30.0
"""After so long without a word of it a process that runs a job is taken for dead."""
FUTURE_SECONDS = 86400.0
"""A fire that was claimed for a time so far ahead was claimed by a clock that was wrong, and counts no more."""
_AT_ONCE = 500

Each = TypeVar("Each")


class Fire(NamedTuple):
    """A fire of a job, to be claimed.

    Attributes:
        job: Its name. schedule: What the time belongs to. scheduled: Unix time. missed: Fires before it that are not
            made up for.
        alone: No other run of the job may go on at the same time.
    """

    job: str
    schedule: str
    scheduled: float
    missed: int = 0
    alone: bool = True


def claim(connection: Connection, fires: Sequence[Fire], owner: str, now: float) -> dict[str, bool]:
    """Claims fires, one of a job at most, in one statement.

    Returns the jobs whose fire belongs to the caller, each with whether it may begin: False while another process runs
    the job.
    """
    won: dict[str, bool] = {}
    for part in _parts(fires):
        rows = [_row(fire, owner, now) for fire in part]
        insert = _insert(connection)(FIRES).values(rows)
        new = insert.excluded
        taken = (new.owner != "") & (FIRES.c.owner != new.owner) & (FIRES.c.busy > now)
        statement = insert.on_conflict_do_update(
            index_elements=[FIRES.c.job],
            set_={
                "schedule": new.schedule,
                "scheduled": new.scheduled,
                "missed": FIRES.c.missed + new.missed,
                "owner": case((taken, FIRES.c.owner), else_=new.owner),
                "busy": case((taken, FIRES.c.busy), else_=new.busy),
            },
            where=(FIRES.c.scheduled < new.scheduled) | (FIRES.c.scheduled > now + FUTURE_SECONDS),
        ).returning(FIRES.c.job, FIRES.c.owner)
        won.update((row.job, row.owner in ("", owner)) for row in connection.execute(statement))
    return won


def adopt(connection: Connection, schedules: dict[str, str], now: float) -> dict[str, float]:
    """The time behind which the fires of each job are due: that of its last one. A job that is new, or has another
    schedule than before, begins now."""
    known: dict[str, float] = {}
    for part in _parts(list(schedules)):
        query = select(FIRES.c.job, FIRES.c.schedule, FIRES.c.scheduled).where(FIRES.c.job.in_(part))
        for row in connection.execute(query):
            if row.schedule == schedules[row.job] and row.scheduled <= now + FUTURE_SECONDS:
                known[row.job] = row.scheduled
    new = [Fire(job, schedule, now) for job, schedule in schedules.items() if job not in known]
    for fires in _parts(new):
        insert = _insert(connection)(FIRES).values([_row(fire, "", 0.0) for fire in fires])
        begun = {"schedule": insert.excluded.schedule, "scheduled": insert.excluded.scheduled}
        # Another node may have begun it meanwhile, and claimed a fire.
        other = (FIRES.c.schedule != insert.excluded.schedule) | (FIRES.c.scheduled > now + FUTURE_SECONDS)
        connection.execute(insert.on_conflict_do_update(index_elements=[FIRES.c.job], set_=begun, where=other))
    return {job: min(known.get(job, now), now) for job in schedules}


def begin(connection: Connection, job: str, owner: str, now: float) -> bool:
    """Whether a job may be run now, as no other process runs it."""
    free = (FIRES.c.busy < now) | (FIRES.c.owner.in_(("", owner)))
    statement = update(FIRES).where(FIRES.c.job == job, free).values(owner=owner, busy=now + LEASE_SECONDS)
    if connection.execute(statement).rowcount:
        return True
    return connection.execute(select(FIRES.c.job).where(FIRES.c.job == job)).first() is None


def renew(connection: Connection, jobs: Iterable[str], owner: str, now: float) -> None:
    """The process still runs these jobs."""
    for part in _parts(list(jobs)):
        mine = (FIRES.c.owner.in_(("", owner)), FIRES.c.job.in_(part))
        connection.execute(update(FIRES).where(*mine).values(owner=owner, busy=now + LEASE_SECONDS))


def release(connection: Connection, jobs: Iterable[str], owner: str) -> None:
    """The process does not run these jobs any more."""
    for part in _parts(list(jobs)):
        connection.execute(update(FIRES).where(FIRES.c.owner == owner, FIRES.c.job.in_(part)).values(owner="", busy=0))


def give_back(connection: Connection, fires: Iterable[Fire]) -> None:
    """Fires that were claimed are not run after all, nor any behind them: whoever comes next finds them missed."""
    for fire in fires:
        connection.execute(update(FIRES).where(FIRES.c.job == fire.job).values(scheduled=fire.scheduled - 1))


def pass_over(connection: Connection, jobs: Iterable[str], now: float) -> None:
    """What these jobs missed by now is not made up for, as they were paused."""
    for part in _parts(list(jobs)):
        behind = (FIRES.c.job.in_(part), FIRES.c.scheduled < now)
        connection.execute(update(FIRES).where(*behind).values(scheduled=now))


def forget(connection: Connection, jobs: Iterable[str]) -> None:
    """There are no such jobs any more."""
    for part in _parts(list(jobs)):
        connection.execute(delete(FIRES).where(FIRES.c.job.in_(part)))


def _row(fire: Fire, owner: str, now: float) -> dict[str, Any]:
    holds = fire.alone and owner != ""
    return {
        "job": fire.job,
        "schedule": fire.schedule,
        "scheduled": fire.scheduled,
        "missed": fire.missed,
        "owner": owner if holds else "",
        "busy": now + LEASE_SECONDS if holds else 0.0,
    }


def _insert(connection: Connection) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert


def _parts(items: Sequence[Each]) -> Iterator[Sequence[Each]]:
    yield from (items[at : at + _AT_ONCE] for at in range(0, len(items), _AT_ONCE))
