"""What one process says of itself and of its node, as long as it runs."""

import asyncio
import logging
import os
import time
from collections.abc import Callable

from airdock.agent.agent import Agent
from airdock.agent.connections import remove_states, write_states
from airdock.agent.status import (
    HEARTBEAT_SECONDS,
    ProcessInfo,
    ProcessKind,
    packed,
    remove_process,
    told_cursor,
    write_artefacts,
    write_process,
)
from airdock.database import Database, DatabaseError

log = logging.getLogger("airdock.agent")

TURN_SECONDS = 1.0
"""How long a process that is not the first to tell leaves it to another one of its node."""


class Presence:
    """Tells the database that a process is there, what it has taken in, and, for its node, how the descriptors stand.

    All processes of a node have the same descriptors, so one of them tells; the others see to it that it did.
    """

    def __init__(
        self,
        database: Database,
        agent: Agent,
        node: str,
        kind: ProcessKind,
        cursor: Callable[[], int | None],
        *,
        serves: str = "",
        first: bool = True,
    ) -> None:
        """
        Args:
            cursor: Up to which change the process has taken in everything.
            serves: The folder that is served; empty for the repository.
            first: Whether this process is the one of its node that tells.
        """
        self._database = database
        self._agent = agent
        self._node = node
        self._kind: ProcessKind = kind
        self._cursor = cursor
        self._serves = serves
        self._turn = 0.0 if first else TURN_SECONDS
        self._started = time.time()
        self._told: object = None
        self._news = (asyncio.Event(), asyncio.Event())
        self._reported = ""

    def changed(self) -> None:
        """Something was taken in; to be called in the loop."""
        for news in self._news:
            news.set()

    async def run(self) -> None:
        """Tells until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat(self._say, self._news[0]))
            group.create_task(self._repeat(self._tell_artefacts, self._news[1], self._turn))

    async def _repeat(self, tell: Callable[[], None], news: asyncio.Event, turn: float = 0.0) -> None:
        """Tells when there is news, and now and then without."""
        while True:
            news.clear()
            await asyncio.sleep(turn)
            await self._tell(tell)
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await news.wait()
            except TimeoutError:
                continue

    def close(self) -> None:
        """The process ends; called where no loop runs any more."""
        try:
            with self._database.writing() as connection:
                remove_process(connection, self._node, os.getpid())
                remove_states(connection, self._node, os.getpid())
        except DatabaseError as error:
            log.debug("the end of this process cannot be told: %s", error)

    async def _tell(self, tell: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(tell)
            self._reported = ""
        except DatabaseError as error:
            # Those who follow changes say it louder.
            if not self._reported:
                log.debug("what this process does cannot be told: %s", error)
            self._reported = str(error)

    def _say(self) -> None:
        now = time.time()
        info = ProcessInfo(os.getpid(), self._kind, self._serves, self._started, now, self._cursor() or 0)
        states = self._agent.runtime.links.states()
        with self._database.writing() as connection:
            write_process(connection, self._node, info)
            if states:
                write_states(connection, self._node, info.pid, now, states)

    def _tell_artefacts(self) -> None:
        registry, cursor = self._agent.registry, self._cursor() or 0
        if registry is self._told:
            return
        if self._turn and self._is_told(cursor):
            self._told = registry
            return
        content = packed(registry.artefacts)
        with self._database.writing() as connection:
            write_artefacts(connection, self._node, cursor, time.time(), content)
        self._told = registry

    def _is_told(self, cursor: int) -> bool:
        with self._database.reading() as connection:
            told = told_cursor(connection, self._node)
        return told is not None and told >= cursor
