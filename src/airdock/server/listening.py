"""The listeners of a process: wired to what the agent enables, to what operators want, and to the database."""

import asyncio
import logging
from typing import cast

from airdock.agent.agent import Agent
from airdock.agent.following import Changes
from airdock.agent.space import Space
from airdock.connectors.links import check_kind, link_of
from airdock.database import DatabaseError
from airdock.deadletters import TOPIC as LETTERS
from airdock.deadletters import StoredLetters
from airdock.errors import DescriptorError, Place, Problem
from airdock.server.serving import Serving
from airdock.spec.connection import C, Connection, Link
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
            lambda activity: _Surroundings(agent, activity),
            StoredLetters(installation.letters),
            runtime.clock,
            runtime.stores,
        )
        self._agent = agent
        self._pauses = Pauses(installation.database)
        self._reports = Reports(installation.database, KIND, ListenerState)
        self._node = serving.settings.node_name
        self._reporting: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """The agent has enabled others."""
        if self._reporting is not None:
            self.listeners.switch(self._agent.activities(Listener))

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

    async def _report(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._reports.write, self._node, self.listeners.states())
            except DatabaseError as error:
                # Those who follow changes say it louder.
                log.debug("how listeners stand cannot be told: %s", error)
            await asyncio.sleep(REPORT_SECONDS)


class _Surroundings:
    """What the trigger of a listener may use."""

    def __init__(self, agent: Agent, activity: Activity[Listener]) -> None:
        self.name = activity.name
        self.clock = agent.runtime.clock
        self.stores = agent.runtime.stores
        self._agent = agent
        self._owner = activity.owner

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        space, found = self._found(path, place)
        return link_of(self._agent.runtime.links, space.flow_key(path), found, kinds, place)

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        _, found = self._found(path, place)
        check_kind(path, found, kinds, place)
        return cast(C, found)

    def _found(self, path: str, place: Place) -> tuple[Space, Connection]:
        agent = self._agent
        space = agent.sandbox_spaces.get(self._owner) if self._owner else agent.registry
        found = None if space is None else space.connection(path)
        if space is None or found is None:
            raise DescriptorError([Problem("descriptor.reference", f"there is no connection {path!r}", place)])
        return space, found
