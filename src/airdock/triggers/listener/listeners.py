"""The listeners of a process: begun, replaced and ended as their descriptors change."""

import asyncio
import logging
from collections.abc import Callable, Collection

from airdock.deadletters import DeadLetters
from airdock.errors import FlowError
from airdock.spec.clock import Clock
from airdock.spec.descriptors import Listener
from airdock.spec.trigger import Listening
from airdock.state import Stores
from airdock.triggers.activity import Activity
from airdock.triggers.listener.reception import Reception
from airdock.triggers.listener.states import ListenerState, Tally

log = logging.getLogger("airdock.listeners")

LOOK_SECONDS = 30.0
"""So often letters to be sent again are looked for though nobody told of any."""
_MARGIN = 5.0
"""Seconds that what was cut off may take to give back what it had."""


class Listeners:
    """All listeners of a process. For one event loop, but for `states`."""

    def __init__(
        self,
        listening: Callable[[Activity[Listener]], Listening],
        letters: DeadLetters,
        clock: Clock,
        stores: Stores,
    ) -> None:
        """
        Args:
            listening: What the trigger of a listener may use.
            letters: Where what cannot be worked off goes.
            stores: The durable one keeps attempts and the ids of what is done.
        """
        self._listening = listening
        self._letters = letters
        self._clock = clock
        self._store = stores.durable
        self._receptions: dict[str, Reception] = {}
        self._leaving: set[Reception] = set()
        self._tallies: dict[str, Tally] = {}
        self._on_hold: frozenset[str] = frozenset()
        self._looking: asyncio.Task[None] | None = None
        self._look = asyncio.Event()

    def switch(self, activities: list[Activity[Listener]]) -> None:
        """From now on these are the listeners.

        Those whose declaration is the same object go on. Of others an earlier version ends first: it receives no more,
        and lets its runs end.
        """
        wanted = {activity.name: activity for activity in activities}
        for name in self._receptions.keys() - wanted.keys():
            self._end(self._receptions.pop(name))
            self._tallies.pop(name, None)
        for name, activity in wanted.items():
            current = self._receptions.get(name)
            if current is None or not current.become(activity):
                self._begin(activity, current)
        if self._looking is None:
            self._looking = asyncio.get_running_loop().create_task(self._look_for_letters())
        self._look.set()

    def hold(self, names: Collection[str]) -> None:
        """Operators have paused these listeners, and no others. One that is paused receives no more, and lets its runs
        end; names of listeners that are not there count when they come."""
        self._on_hold = frozenset(names)
        for name, reception in self._receptions.items():
            reception.hold(name in self._on_hold)

    def look_for_letters(self) -> None:
        """Somebody wants dead letters sent again."""
        self._look.set()

    def states(self) -> list[ListenerState]:
        """How each listener stands, by name; for any thread."""
        return sorted((reception.state for reception in list(self._receptions.values())), key=lambda state: state.name)

    async def stop(self, grace: float) -> None:
        """Receives no more, waits for runs so long, cuts off those that go on, and gives back what is in hand."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait((self._looking,))
            self._looking = None
        for reception in self._receptions.values():
            self._end(reception)
        self._receptions = {}
        if await self._gone(grace):
            return
        log.warning("%d listeners have runs that did not end in time and are cut off", len(self._leaving))
        for reception in self._leaving:
            reception.cut_off()
        if not await self._gone(_MARGIN):
            for reception in self._leaving:
                reception.cancel()
            await self._gone(_MARGIN)

    def _begin(self, activity: Activity[Listener], before: Reception | None) -> None:
        if before is not None:
            self._end(before)
        tally = self._tallies.setdefault(activity.name, Tally())
        self._receptions[activity.name] = reception = Reception(
            activity,
            self._listening,
            self._letters,
            self._clock,
            self._store,
            tally,
            on_hold=activity.name in self._on_hold,
            before=before if before is not None else self._last(activity.name),
        )
        reception.begin()

    def _last(self, name: str) -> Reception | None:
        """A version that was ended earlier and has something in hand still."""
        return next((each for each in self._leaving if each.activity.name == name), None)

    def _end(self, reception: Reception) -> None:
        reception.end()
        self._leaving = {each for each in self._leaving if not each.ended.is_set()} | {reception}

    async def _gone(self, seconds: float) -> bool:
        """Whether all that were ended are gone, in that time."""
        waits = [asyncio.create_task(each.ended.wait()) for each in self._leaving]
        if waits:
            _, pending = await asyncio.wait(waits, timeout=seconds)
            for wait in pending:
                wait.cancel()
        self._leaving = {each for each in self._leaving if not each.ended.is_set()}
        return not self._leaving

    async def _look_for_letters(self) -> None:
        trouble = False
        while True:
            try:
                for name in await self._letters.waiting():
                    if (reception := self._receptions.get(name)) is not None:
                        reception.look_for_letters()
                trouble = False
            except FlowError as error:
                if not trouble:
                    log.warning("dead letters cannot be looked for: %s", error)
                trouble = True
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._look.wait()
            except TimeoutError:
                continue
            self._look.clear()
