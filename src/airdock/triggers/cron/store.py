"""What the jobs of a process keep in the database, for its event loop."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection

from airdock.database import Database
from airdock.triggers.cron import claims, requests
from airdock.triggers.cron.claims import Fire
from airdock.triggers.cron.requests import Request

Result = TypeVar("Result")


class JobStore:
    """Claims of fires, and runs that were asked for. Calls are done one after another, in a thread of their own.

    Every method raises `DatabaseError` when the database cannot be used.

    Attributes:
        alone: No other node has the same jobs while the database is away: fires need not wait for it.
        owner: How this process is told apart.
    """

    def __init__(self, database: Database, *, alone: bool = False) -> None:
        """`alone`: as when a folder is served. A SQLite file is of one node only, so there it is so anyway."""
        self.alone = alone or database.dialect == "sqlite"
        self.owner = uuid4().hex
        self._database = database
        self._thread: ThreadPoolExecutor | None = None
        self._open = False

    async def claim(self, fires: Sequence[Fire], now: float) -> dict[str, bool]:
        """The jobs whose fire is to be run here, each with whether it may begin; one fire of a job at most."""
        return await self._do(lambda on: claims.claim(on, fires, self.owner, now))

    async def adopt(self, schedules: dict[str, str], now: float) -> dict[str, float]:
        """The time behind which the fires of each job are due."""
        return await self._do(lambda on: claims.adopt(on, schedules, now))

    async def begin(self, job: str, now: float) -> bool:
        """Whether a job may be run now, as no other process runs it."""
        return await self._do(lambda on: claims.begin(on, job, self.owner, now))

    async def renew(self, jobs: Iterable[str], now: float) -> None:
        """These jobs are still run here."""
        await self._do(lambda on: claims.renew(on, jobs, self.owner, now))

    async def release(self, jobs: Iterable[str]) -> None:
        """These jobs are not run here any more."""
        await self._do(lambda on: claims.release(on, jobs, self.owner))

    async def give_back(self, fires: Iterable[Fire], asked: Iterable[Request]) -> None:
        """These fires and requests were taken and are not run after all."""

        def work(on: Connection) -> None:
            claims.give_back(on, fires)
            for request in asked:
                requests.put(on, request)

        await self._do(work)

    async def pass_over(self, jobs: Iterable[str], now: float) -> None:
        """What these jobs missed by now is not made up for."""
        await self._do(lambda on: claims.pass_over(on, jobs, now))

    async def forget(self, jobs: Iterable[str]) -> None:
        """There are no such jobs any more."""
        await self._do(lambda on: claims.forget(on, jobs))

    async def take(self, jobs: Collection[str]) -> list[Request]:
        """Runs of these jobs that were asked for; they are the caller's now."""
        return await self._do(lambda on: requests.take(on, jobs))

    def close(self) -> None:
        """Ends the thread, once what was asked of it is done."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown()

    async def _do(self, work: Callable[[Connection], Result]) -> Result:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "airdock-jobs")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[Connection], Result]) -> Result:
        if not self._open:
            self._database.open()
            self._open = True
        with self._database.writing() as connection:
            return work(connection)
