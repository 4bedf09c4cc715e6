"""What becomes of files that were worked off: they are moved, deleted, or left and remembered."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from airdock.connectors.file.drop.claims import Claim, Claims
from airdock.connectors.file.drop.destination import Destination, move_beside
from airdock.connectors.file.drop.facts import facts_of, id_of
from airdock.connectors.file.drop.memory import Memory, Outcome
from airdock.connectors.file.drop.trouble import Trouble
from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import Files, Found
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.connection import Link

log = logging.getLogger("airdock.connectors")

_SOON = 1.0
"""Seconds after which a move is a long one: that the file was worked off is then remembered before it ends."""
_HOLD = 10.0
"""Seconds between two signs that a long move goes on."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two attempts to move what could not be moved."""


class Way(NamedTuple):
    """What becomes of a file: it is moved, deleted, or, with neither, left where it is."""

    to: Destination | None = None
    delete: bool = False

    @property
    def leaves(self) -> bool:
        return self.to is None and not self.delete


class Finishing:
    """Finishes files of a listener. That a file was worked off is not forgotten where it cannot be moved: it is
    remembered and not worked off again, and its move is tried again later, with longer and longer pauses."""

    def __init__(
        self,
        link: Link,
        folder: str,
        ways: dict[Outcome, Way],
        marker: Callable[[Found], str] | None,
        memory: Memory,
        trouble: Trouble,
        clock: Clock,
    ) -> None:
        """
        Args:
            folder: The one that is listened to. ways: What becomes of files.
            marker: Gives the name of the file that says that another one is whole; it goes with that one.
        """
        self._link = link
        self._folder = folder
        self._ways = ways
        self._marker = marker
        self._memory = memory
        self._clock = clock
        self._stuck: dict[str, tuple[Found, Outcome]] = {}
        self._unkept: dict[str, Outcome] = {}
        self._trouble = trouble
        self._next_try = 0.0
        self._pause = _FIRST_PAUSE

    def is_over(self, found: Found) -> bool:
        """Whether a file was worked off, as far as this process knows, and nothing is to be done with it now."""
        stuck = self._stuck.get(found.path)
        if stuck is not None:
            return stuck[0] == found
        outcome = self._unkept.get(id_of(found)) or self._memory.known(id_of(found))
        return outcome is not None and self._ways[outcome].leaves

    async def finish(self, found: Found, outcome: Outcome, claims: Claims, claim: Claim) -> None:
        """A file was worked off: puts it away, and drops the claim. It raises nothing: what cannot be done now is done
        later."""
        way = self._ways[outcome]
        try:
            if way.leaves or self._marker is not None:
                await self._keep(found, outcome)
            if not way.leaves:
                await self._held(asyncio.create_task(self._put_away(found, outcome)), found, outcome, claims, claim)
        except FlowError as error:
            await self._keep(found, outcome)
            log.warning("%s: %r was worked off and cannot be put away: %s", self._link.path, found.path, error)
            self._stuck[found.path] = (found, outcome)
            self._put_off(error)
        try:
            await claims.drop(claim)
        except FlowError as error:
            log.info("%s: that %r is nobody's any more is not kept: %s", self._link.path, found.path, error)

    async def try_again(self, there: dict[str, Found]) -> float | None:
        """Does what could not be done before, if it is time for that; gives the seconds until the next attempt.

        Args:
            there: The files that there are.
        """
        for id, outcome in list(self._unkept.items()):
            await self._memory.keep(id, outcome)
            del self._unkept[id]
        for path in [path for path, (found, _) in self._stuck.items() if there.get(path) != found]:
            found, _ = self._stuck.pop(path)
            await self._memory.forget(id_of(found))
        while self._stuck and self._clock.monotonic() >= self._next_try:
            path, (found, outcome) = next(iter(self._stuck.items()))
            try:
                await self._put_away(found, outcome)
            except FlowError as error:
                # Another one is the first next time, so that one that never goes does not keep the others.
                self._stuck[path] = self._stuck.pop(path)
                self._put_off(error)
            else:
                del self._stuck[path]
                self._pause = _FIRST_PAUSE
        if not self._stuck:
            self._trouble.stuck = ""
            return None
        return max(self._next_try - self._clock.monotonic(), 0.0)

    def _put_off(self, error: FlowError) -> None:
        now = self._clock.monotonic()
        if now >= self._next_try:
            self._next_try = now + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        count = len(self._stuck)
        files = "1 file that was" if count == 1 else f"{count} files that were"
        self._trouble.stuck = f"{files} worked off cannot be put away, which is tried again: {error}"
        self._trouble.tell()

    async def _keep(self, found: Found, outcome: Outcome) -> None:
        """Remembers that a file was worked off; while the store is away, in this process alone."""
        id = id_of(found)
        try:
            await self._memory.keep(id, outcome)
            self._unkept.pop(id, None)
        except FlowError as error:
            self._unkept[id] = outcome
            log.warning("%s: a restart would work off %r again: %s", self._link.path, found.path, error)

    async def _held(
        self, work: "asyncio.Task[None]", found: Found, outcome: Outcome, claims: Claims, claim: Claim
    ) -> None:
        """Waits for the end of a move, and holds on to the file where that takes long."""
        try:
            done, _ = await asyncio.wait([work], timeout=_SOON)
            if not done:
                await self._keep(found, outcome)
            while not done:
                done, _ = await asyncio.wait([work], timeout=_HOLD)
                try:
                    await claims.renew(claim)
                except FlowError as error:
                    log.info("%s: %r is not held on to: %s", self._link.path, found.path, error)
        finally:
            work.cancel()
        work.result()

    async def _put_away(self, found: Found, outcome: Outcome) -> None:
        way, id = self._ways[outcome], id_of(found)
        async with self._link.use() as files:
            now = await files.stat(found.path)
            if now is not None and now != found:
                log.info("%s: %r was changed while it was worked off, and comes again", self._link.path, found.path)
            elif now is not None:
                await self._remove_marker(files, found)
                await self._remove(files, found, way)
        if id in self._unkept or self._memory.known(id):
            self._unkept.pop(id, None)
            await self._memory.forget(id)

    async def _remove(self, files: Files, found: Found, way: Way) -> None:
        try:
            if way.to is not None:
                await self._check(files, found, await way.to.move(files, facts_of(found, self._folder)))
            else:
                await files.delete(found.path)
        except FlowError as error:
            if error.code != "connector.file.missing":
                raise
            # Somebody else took it away.

    async def _check(self, files: Files, found: Found, to: str) -> None:
        """Puts back what was moved in the place of the file: another one that somebody put there in that very moment.

        That shows where a file keeps its time when it is moved."""
        if not isinstance(files, LocalFiles):
            return
        there = await files.stat(to)
        if there is not None and there._replace(path=found.path) != found:
            log.info("%s: %r was replaced while it was moved, and comes again", self._link.path, found.path)
            await move_beside(files, to, found.path.rpartition("/")[0], facts_of(found, self._folder))

    async def _remove_marker(self, files: Files, found: Found) -> None:
        """Before the file itself: one that is left behind would say of the next file of that name that it is whole."""
        if self._marker is not None:
            folder = found.path.rpartition("/")[0]
            await files.delete(f"{folder}/{self._marker(found)}" if folder else self._marker(found))
