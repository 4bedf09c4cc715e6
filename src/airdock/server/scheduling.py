"""The jobs of a process: wired to what the agent enables, to what operators want, and to the database."""

import asyncio
import logging

from airdock.agent.following import Changes
from airdock.database import DatabaseError
from airdock.server.serving import Serving
from airdock.spec.descriptors import Job
from airdock.triggers.cron import REQUESTED, Jobs, JobState, JobStore
from airdock.triggers.pauses import TOPIC as PAUSES
from airdock.triggers.pauses import Pauses
from airdock.triggers.reports import REPORT_SECONDS, Reports

log = logging.getLogger("airdock.server")

KIND = "jobs"
"""Of reports."""
PATIENCE = 3.0
"""Seconds for which the database is waited for, to tell which jobs are paused; then they begin without it."""


class RunningJobs:
    """Jobs that follow what is enabled. They begin when the database tells which of them operators have paused; in a
    folder that is served without it, after a moment anyway.

    Attributes:
        jobs: Those of this process.
    """

    def __init__(self, serving: Serving) -> None:
        database = serving.installation.database
        is_folder = serving.settings.folder is not None
        self.jobs = Jobs(serving.agent.runtime.clock, JobStore(database, alone=is_folder))
        self._agent = serving.agent
        self._pauses = Pauses(database)
        self._reports = Reports(database, KIND, JobState)
        self._node = serving.settings.node_name
        self._begun = False
        self._tasks: list[asyncio.Task[None]] = []
        self._needs_database = not is_folder

    def start(self) -> None:
        """Begins, on the running loop."""
        self._tasks = [asyncio.create_task(self._report())]
        if not self._needs_database:
            self._tasks.append(asyncio.create_task(self._begin_anyway()))

    def follow(self) -> None:
        """The agent has enabled others."""
        if self._begun:
            self.jobs.switch(self._agent.activities(Job))

    async def take(self, changes: Changes) -> None:
        """Takes in what changed in the database.

        Raises:
            DatabaseError: it cannot be read now.
        """
        if changes.concern(PAUSES):
            self.jobs.hold(await asyncio.to_thread(self._pauses.all))
            self._begin()
        if changes.concern(REQUESTED):
            self.jobs.look()

    async def stop(self, grace: float) -> None:
        """Fires no more, and lets runs end within the grace."""
        for task in self._tasks:
            task.cancel()
        await self.jobs.stop(grace)
        if self._tasks:
            await asyncio.wait(self._tasks)
        try:
            await asyncio.to_thread(self._reports.remove, self._node)
        except DatabaseError as error:
            log.debug("the end of the jobs cannot be told: %s", error)

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self.follow()

    async def _begin_anyway(self) -> None:
        await asyncio.sleep(PATIENCE)
        self._begin()

    async def _report(self) -> None:
        while True:
            if self._begun:
                try:
                    await asyncio.to_thread(self._reports.write, self._node, self.jobs.states())
                except DatabaseError as error:
                    # Those who follow changes say it louder.
                    log.debug("how jobs stand cannot be told: %s", error)
            await asyncio.sleep(REPORT_SECONDS)
