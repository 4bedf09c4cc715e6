"""Following the database: what changed is told to those whom it concerns, in each process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from airdock.database import ChangeWatch, Database, DatabaseError, changes_since, current_cursor
from airdock.database.watch import LOOK_SECONDS

log = logging.getLogger("airdock.agent")

RETRY_SECONDS = 0.5
"""After so long a change that could not be taken in is tried again."""
_PATIENCE = 1.0


class Changes(NamedTuple):
    """What changed since the last time.

    Attributes:
        cursor: Up to which change.
        names: What changed of each topic; None when some may have been missed, so that anything may have changed.
    """

    cursor: int
    names: dict[str, frozenset[str]] | None = None

    def concern(self, *topics: str) -> bool:
        """Whether something of one of these topics may have changed."""
        return self.names is None or any(topic in self.names for topic in topics)

    def of(self, topic: str) -> frozenset[str] | None:
        """What changed of a topic; None for anything."""
        return None if self.names is None else self.names.get(topic, frozenset())

    def __bool__(self) -> bool:
        return self.names is None or bool(self.names)


class Follower:
    """Follows the changes of the database, for one process.

    While the database is away nothing changes here; what came meanwhile is taken in when it is back. What fails is
    tried again.

    Attributes:
        cursor: Up to which change everything was taken in; None before the first time.
        trouble: Why nothing can be taken in now; empty when it can.
    """

    def __init__(self, database: Database, take: Callable[[Changes], Awaitable[None]]) -> None:
        """`take` is called in the loop, first with everything; it may raise, and is then called again."""
        self.cursor: int | None = None
        self._database = database
        self._take = take
        self.trouble = ""

    async def run(self) -> None:
        """Follows until it is cancelled."""
        watch = ChangeWatch(self._database)
        waiting = _begin(watch, 0)
        try:
            while True:
                await asyncio.shield(waiting)
                await self._look()
                waiting = _begin(watch, RETRY_SECONDS if self.trouble else LOOK_SECONDS)
        finally:
            watch.close()
            # The next to wait gives the connection back.
            await asyncio.wait([waiting], timeout=_PATIENCE)
            if waiting.done() and waiting.result():
                await asyncio.wait([_begin(watch, 0)], timeout=_PATIENCE)

    async def _look(self) -> None:
        try:
            changes = await asyncio.to_thread(self._changes)
            if changes:
                await self._take(changes)
            self.cursor = changes.cursor
        except DatabaseError as error:
            self._report(str(error))
        except Exception as error:
            # A fault of ours; what runs goes on, and the next attempt may go better.
            if not self.trouble:
                log.exception("a change cannot be taken in")
            self.trouble = str(error) or type(error).__name__
        else:
            self._report("")

    def _changes(self) -> Changes:
        if self.cursor is None:
            # It may not have been there when the process began.
            self._database.open()
        with self._database.reading() as connection:
            newest = current_cursor(connection)
            found = None if self.cursor is None else changes_since(connection, self.cursor)
        if found is None:
            return Changes(newest)
        names: dict[str, set[str]] = {}
        for change in found:
            names.setdefault(change.topic, set()).add(change.name)
        return Changes(newest, {topic: frozenset(each) for topic, each in names.items()})

    def _report(self, trouble: str) -> None:
        """Says it once that the database is away, and once that it is back."""
        if trouble and not self.trouble:
            log.warning("changes cannot be followed, and flows go on as they are: %s", trouble)
        if self.trouble and not trouble:
            log.info("changes are followed again")
        self.trouble = trouble


def _begin(watch: ChangeWatch, timeout: float) -> "asyncio.Future[bool]":
    return asyncio.ensure_future(asyncio.to_thread(watch.wait, timeout))
