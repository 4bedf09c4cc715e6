"""The listeners of a process: wired to what the agent enables, to what operators want, and to the database."""

import asyncio
import logging

from airdock.agent.following import Changes
from airdock.agent.listening import ListenerSurroundings
from airdock.agent.space import Space
from airdock.database import DatabaseError
from airdock.deadletters import TOPIC as LETTERS
from airdock.deadletters import StoredLetters
from airdock.server.serving import Serving
from airdock.spec.descriptors import Listener
from airdock.triggers.activity import Activity
from airdock.triggers.listener import Listeners, ListenerState
from airdock.triggers.pauses import TOPIC as PAUSES
from airdock.triggers.pauses import Pauses
from airdock.triggers.reports import REPORT_SECONDS, Reports

log = logging.getLogger("airdock.server")

KIND = "listeners"
"""Of reports."""


class RunningListeners:
    """Listeners that follow what is enabled. They begin when the database tells which of them operators have paused.

    Attributes:
        listeners: Those of this process.
    """

    def __init__(self, serving: Serving) -> None:
        agent, installation = serving.agent, serving.installation
        runtime = agent.runtime
        self.listeners = Listeners(
            self._listening,
            StoredLetters(installation.letters),
            runtime.clock,
            runtime.stores,
        )
        self._agent = agent
        self._around: dict[str, ListenerSurroundings] = {}
        self._pauses = Pauses(installation.database)
        self._reports = Reports(installation.database, KIND, ListenerState)
        self._node = serving.settings.node_name
        self._reporting: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """The agent has enabled others. A listener begins anew, too, when a connection that it uses is another one."""
        if self._reporting is None:
            return
        activities = self._agent.activities(Listener)
        spaces = {each.name: self._space(each) for each in activities}
        moved = {name for name, around in self._around.items() if name in spaces and around.differ(spaces[name])}
        self._around = {name: each for name, each in self._around.items() if name in spaces and name not in moved}
        if moved:
            self.listeners.switch([each for each in activities if each.name not in moved])
        self.listeners.switch(activities)

    async def take(self, changes: Changes) -> None:
        """Takes in what changed in the database.

        Raises:
            DatabaseError: it cannot be read now.
        """
        if changes.concern(PAUSES):
            self.listeners.hold(await asyncio.to_thread(self._pauses.all))
            if self._reporting is None:
                self._reporting = asyncio.create_task(self._report())
                self.follow()
        if changes.concern(LETTERS):
            self.listeners.look_for_letters()

    async def stop(self, grace: float) -> None:
        """Receives no more, and lets runs end within the grace."""
        await self.listeners.stop(grace)
        if self._reporting is not None:
            self._reporting.cancel()
            await asyncio.wait((self._reporting,))
            try:
                await asyncio.to_thread(self._reports.remove, self._node)
            except DatabaseError as error:
                log.debug("the end of the listeners cannot be told: %s", error)

    def _listening(self, activity: Activity[Listener]) -> ListenerSurroundings:
        around = ListenerSurroundings(activity.name, self._agent.runtime, self._space(activity))
        self._around[activity.name] = around
        return around

    def _space(self, activity: Activity[Listener]) -> Space:
        """The registry, or the sandbox that it is in."""
        return self._agent.sandbox_spaces[activity.owner] if activity.owner else self._agent.registry

    async def _report(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._reports.write, self._node, self.listeners.states())
            except DatabaseError as error:
                # Those who follow changes say it louder.
                log.debug("how listeners stand cannot be told: %s", error)
            await asyncio.sleep(REPORT_SECONDS)
