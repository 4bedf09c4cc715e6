"""When the keys of a step are due."""

import asyncio
from heapq import heapify, heappop, heappush, heapreplace
from itertools import count

from airdock.spec.step import Clock

_SPARE = 1000
_NEVER = float("inf")


class Alarm:
    """Wakes the one who waits for it as soon as a key is due, as far as this process knows. For one event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}
        self._order: list[tuple[float, int, str]] = []
        self._serial = count()
        self._until = 0.0
        self._asked = _NEVER
        self._sleeping: asyncio.Future[None] | None = None

    def set(self, key: str, due: float) -> None:
        """The key is due then, and no more when it was."""
        before = self._due.get(key)
        self._due[key] = due
        if before is None or due < before:
            if len(self._order) > 2 * len(self._due) + _SPARE:
                self._tidy()
            heappush(self._order, (due, next(self._serial), key))
            self._stir(due)

    def forget(self, key: str) -> None:
        """The key is not due any more."""
        self._due.pop(key, None)

    def wake_by(self, moment: float) -> None:
        """Who waits then wakes, whether or not a key is due."""
        self._asked = min(self._asked, moment)
        self._stir(moment)

    def _stir(self, moment: float) -> None:
        """Has the one who waits look anew if it waits for longer than until then."""
        if self._sleeping is not None and moment < self._until:
            self._sleeping.cancel()

    async def wait(self, until: float) -> None:
        """Returns when a key is due, and then at the latest; the keys that are due are forgotten."""
        while True:
            now = self._clock.now()
            self._until = min(until, self._asked, self._first())
            if self._until <= now:
                if self._asked <= now:
                    self._asked = _NEVER
                self._pass(now)
                return
            await self._sleep(self._until - now)

    async def _sleep(self, seconds: float) -> None:
        sleeping = self._sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait((sleeping,))
        finally:
            sleeping.cancel()
            self._sleeping = None

    def _first(self) -> float:
        order = self._order
        while order:
            due, serial, key = order[0]
            actual = self._due.get(key)
            if actual is None:
                heappop(order)
            elif actual > due:
                heapreplace(order, (actual, serial, key))
            else:
                return due
        return _NEVER

    def _pass(self, now: float) -> None:
        while self._first() <= now:
            self.forget(self._order[0][2])

    def _tidy(self) -> None:
        """Lets go of places of keys that were forgotten."""
        self._order = [(due, next(self._serial), key) for key, due in self._due.items()]
        heapify(self._order)
