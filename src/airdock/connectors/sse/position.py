"""How far a stream was worked off, kept over restarts."""

from itertools import count
from typing import NamedTuple

from airdock.connectors.broker.ordered import Ordered
from airdock.state import StateStore

_UNKNOWN = 1000
"""So many events behind a position of another process count as delivered before."""


class Mark(NamedTuple):
    """An event that was given: its number, and the id to resume behind it."""

    number: int
    last: str


class Position:
    """The ids to resume a stream by: behind what was received, and behind what was worked off without a gap.

    The second one is kept in the store, and never moves past an event that is still in work.

    Attributes:
        received: Behind the last event that was given.
    """

    def __init__(self, store: StateStore, space: str, key: str) -> None:
        self.received = ""
        self._store = store
        self._space, self._key = space, key
        self._known = False
        self._rewound = False
        self._reached = self._kept = ""
        self._numbers = count(1)
        self._open: Ordered[Mark] = Ordered()
        self._in_work = 0
        self._repeated = 0

    async def resume(self, now: float) -> str:
        """The id to resume by. What was given back comes again.

        Raises:
            FlowError: what the store raises.
        """
        if not self._known:
            entry = await self._store.get(self._space, self._key, now)
            if entry is not None:
                self.received = self._reached = self._kept = entry.value.decode()
                self._repeated = _UNKNOWN
            self._known = True
        elif self._rewound:
            self.received, self._repeated = self._reached, self._in_work
            self._open, self._in_work = Ordered(), 0
        self._rewound = False
        return self.received

    def came(self, last: str) -> tuple[Mark, bool]:
        """An event is given: its mark, and whether it may have been given before."""
        mark = Mark(next(self._numbers), last)
        self._open.came(mark)
        self._in_work += 1
        self.received = last
        repeated, self._repeated = self._repeated > 0, max(self._repeated - 1, 0)
        return mark, repeated

    def passed(self, last: str) -> None:
        """An event is nobody's business."""
        self._done(self.came(last)[0])

    async def done(self, mark: Mark) -> None:
        """An event was worked off; raises what the store raises."""
        self._done(mark)
        await self.keep()

    def rewind(self) -> None:
        """An event was given back: the stream is resumed behind what was worked off."""
        self._rewound = True

    async def keep(self) -> None:
        """Keeps what has been reached; raises what the store raises."""
        reached = self._reached
        if reached != self._kept:
            await self._store.put(self._space, self._key, reached.encode())
            self._kept = reached

    def _done(self, mark: Mark) -> None:
        for each in self._open.done(mark):
            self._in_work -= 1
            self._reached = each.last
