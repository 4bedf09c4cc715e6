"""Jobs in virtual time: what ran, and when."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from airdock.cron import parse_cron
from airdock.database import Database, DatabaseError
from airdock.engine.pipeline import Pipeline
from airdock.exchange import Exchange
from airdock.spec.descriptors import Job
from airdock.spec.flow import Flow
from airdock.testing.virtual import START, VirtualClock, run_virtually
from airdock.triggers.activity import Activity
from airdock.triggers.cron import Jobs, JobState, JobStore

NAME = "shop/nightly.job"
LONGEST = 20.0
"""Real seconds of a test."""

Work = Callable[[Exchange], Awaitable[None] | None]


class JumpingClock(VirtualClock):
    """A clock that somebody sets."""

    jumped = 0.0

    def now(self) -> float:
        return super().now() + self.jumped


class Scene:
    """Processes with jobs.

    Attributes:
        runs: The times, in seconds since the beginning, at which runs began. works: Does the work of a run.
        jobs: The first process.
    """

    def __init__(self, store: JobStore | None = None) -> None:
        self.clock = JumpingClock()
        self.runs: list[float] = []
        self.exchanges: list[Exchange] = []
        self.going = self.most = 0
        self.works: Work = lambda exchange: None
        self.jobs = self.process(store)

    def process(self, store: JobStore | None = None) -> Jobs:
        return Jobs(self.clock, store)

    def job(self, expression: str = "0/10 * * * * ?", name: str = NAME, **fields: Any) -> Activity[Job]:
        """A new version of a job."""
        model = Job(expression=parse_cron(expression), steps=[], **fields)
        flow = Flow(steps=[])
        flow.file = name

        async def run(exchange: Exchange) -> None:
            self.runs.append(round(self.clock.now() - START, 3))
            self.exchanges.append(exchange)
            self.going += 1
            self.most = max(self.most, self.going)
            try:
                pending = self.works(exchange)
                if pending is not None:
                    await pending
            finally:
                self.going -= 1

        return Activity(name, model, Pipeline(flow, "shop", run, run))

    def lasts(self, seconds: float) -> None:
        """Each run takes so long from now on."""
        self.works = lambda exchange: asyncio.sleep(seconds)

    @property
    def state(self) -> JobState:
        (state,) = self.jobs.states()
        return state

    async def until(self, seconds: float) -> None:
        """Time goes on, to so many seconds since the beginning."""
        await asyncio.sleep(seconds + START - VirtualClock.now(self.clock))


def play(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Plays a scene."""
    run_virtually(main, LONGEST)


class FailingDatabase(Database):
    """A database that goes away."""

    away = False

    def writing(self) -> Any:
        if self.away:
            raise DatabaseError("database.unavailable", "it is away")
        return super().writing()
