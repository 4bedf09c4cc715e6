"""One opening of a drop folder: looks, claims, and what arrivals ask for."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple

from airdock.connectors.file.drop.arrival import FileArrival, Hands, StreamedFile, Taken, read
from airdock.connectors.file.drop.claims import Claim, Claims
from airdock.connectors.file.drop.facts import id_of
from airdock.connectors.file.drop.finishing import Finishing
from airdock.connectors.file.drop.memory import Memory, Outcome
from airdock.connectors.file.drop.selection import Look
from airdock.connectors.file.drop.sightings import Sightings
from airdock.connectors.file.drop.trouble import Trouble
from airdock.connectors.file.paths import Files, Found
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.connectors.file.drop.source import Wanted

log = logging.getLogger("airdock.connectors")

SHORTEST = 0.05
"""Seconds between two looks, at least."""
_SHARE = 5
"""So many times as long as a look takes is from its begin to the next one, at least: a folder with many files in which
something changes all the time is not looked at all the time."""
_ENDS = ("connector.unavailable", "connector.refused", "state.unavailable", "state.unreadable")
"""Codes of errors that are not of a single file."""


class Shared(NamedTuple):
    """What a source keeps from one opening to the next."""

    memory: Memory
    finishing: Finishing
    sightings: Sightings
    trouble: Trouble


class Visit:
    """Gives what arrives, as an iterator; a wait for the next one may be cut off and begun anew."""

    def __init__(
        self, link: Link, files: Files, wanted: "Wanted", shared: Shared, claims: Claims, clock: Clock
    ) -> None:
        self._link = link
        self._files = files
        self._wanted = wanted
        self._memory, self._finishing, self._sightings, self._trouble = shared
        self._claims = claims
        self._clock = clock
        self._ready: deque[Found] = deque()
        self._in_hand: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._cut = False
        self._looked = self._next_look = 0.0
        self._rest = SHORTEST
        self._hands = Hands(self._finish, self._give_back, self._hold)

    def __aiter__(self) -> "Visit":
        return self

    async def __anext__(self) -> Arrival:
        while True:
            while self._ready:
                arrival = await self._take(self._ready.popleft())
                if arrival is not None:
                    return arrival
            await self._wait()
            await self.look()

    def wake(self) -> None:
        """Something may have changed."""
        self._woken.set()

    async def close(self) -> None:
        """Waits for what is being put away."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    # Looks.

    async def look(self) -> None:
        """Looks at the folder, and does what could not be done before.

        Raises:
            FlowError: the folder is not there, or cannot be looked at; `state.unavailable`.
        """
        self._woken.clear()
        self._looked = self._clock.monotonic()
        seen = await self._seen()
        there = {found.path: found for found in seen.files}
        if seen.whole:
            await self._memory.still_there({id_of(found) for found in seen.files})
        again = await self._finishing.try_again(there)
        self._trouble.saw(there, seen.refused, seen.whole)
        soon = self._choose(seen)
        self._rest = max(SHORTEST, _SHARE * (self._clock.monotonic() - self._looked))
        waits = [self._wanted.delay, *(wait for wait in (again, soon) if wait is not None and not self._cut)]
        self._next_look = self._looked + max(min(waits), self._rest)

    async def _seen(self) -> Look:
        selection = self._wanted.selection
        try:
            return await selection.look(self._files, self._wanted.marker)
        except FlowError as error:
            if error.code != "connector.file.missing":
                raise
            await self._files.check()
            message = f"there is no folder {selection.folder or '/'!r} in {self._link.path}"
            raise FlowError("connector.file.missing", message) from error

    def _choose(self, seen: Look) -> float | None:
        """Those that may be taken now, in their order; gives the seconds until another may be."""
        wanted, finishing = self._wanted, self._finishing
        files = [
            found
            for found in seen.files
            if not finishing.is_over(found) and (found.path not in seen.unmarked or self._memory.known(id_of(found)))
        ]
        ripe, soon = self._sightings.look(files, self._clock.monotonic(), self._clock.now())
        ready = [found for found in ripe if found.path not in self._in_hand and self._trouble.may_read(found.path)]
        ready.sort(key=(lambda found: (found.modified, found.path)) if wanted.by_time else (lambda found: found.path))
        self._cut = 0 < wanted.most < len(ready)
        self._ready = deque(ready[: wanted.most] if self._cut else ready)
        return soon

    async def _wait(self) -> None:
        """Until it is time for the next look, or something may have changed; that counts not while more is there than
        is wanted at one look."""
        woken = asyncio.Event() if self._cut else self._woken
        timer = self._clock.call_later(max(self._next_look - self._clock.monotonic(), 0.0), woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()
        early = self._looked + self._rest - self._clock.monotonic()
        if early > 0:
            await self._clock.sleep(early)

    # Files.

    async def _take(self, found: Found) -> FileArrival | None:
        """Claims a file and reads it; None where another has it, or it is not what it was."""
        claim = await self._claims.take(found.path, id_of(found))
        if claim is None:
            return None
        try:
            arrival = await self._given(Taken(found, claim))
        except FlowError as error:
            await self._claims.drop(claim)
            if error.code in _ENDS:
                raise
            if error.code != "connector.file.missing":
                self._trouble.cannot_read(found.path, error)
            return None
        except BaseException:
            # Nobody waits for the file any more.
            self._begin(self._let_go(claim))
            raise
        self._trouble.can_read(found.path)
        if arrival is not None:
            self._in_hand.add(found.path)
        return arrival

    async def _given(self, taken: Taken) -> FileArrival | None:
        found, claim = taken
        reading = self._wanted.reading
        arrival: FileArrival | None = None
        outcome = await self._memory.find(claim.id)
        if await self._files.stat(found.path) == found:
            if outcome is not None and not self._wanted.ways[outcome].leaves:
                await self._finishing.finish(found, outcome, self._claims, claim)
                return None
            if outcome is None and reading.streaming:
                arrival = StreamedFile(taken, reading, self._hands, self._link)
            elif outcome is None:
                arrival = await read(self._files, taken, reading, self._hands)
        if arrival is None:
            await self._claims.drop(claim)
        return arrival

    # What arrivals ask for.

    async def _finish(self, taken: Taken, outcome: Outcome) -> None:
        """Goes on though nobody waits for it any more: a large file takes longer to move than a source may."""
        found, claim = taken
        task = self._begin(self._finishing.finish(found, outcome, self._claims, claim))
        task.add_done_callback(lambda _: self._in_hand.discard(found.path))
        await asyncio.shield(task)

    async def _give_back(self, taken: Taken) -> None:
        await self._claims.give_back(taken.claim)
        self._in_hand.discard(taken.found.path)

    async def _hold(self, taken: Taken) -> None:
        if not await self._claims.renew(taken.claim):
            log.warning("%s: %r was taken over by another", self._link.path, taken.found.path)

    async def _let_go(self, claim: Claim) -> None:
        try:
            await self._claims.drop(claim)
        except FlowError as error:
            log.info("%s: a file is held on to for a while: %s", self._link.path, error)

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
