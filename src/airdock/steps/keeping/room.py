"""A bound on the entries of a space in memory."""

from typing import NamedTuple

from airdock.errors import FlowError
from airdock.state import StateStore


class Bound(NamedTuple):
    """So many entries, and what happens with one more: `dropOldest`, else it is an error of the code."""

    most: int
    when_full: str
    code: str


class Room:
    """Keeps a space within its bound.

    Attributes:
        left: So many may come before it is checked; counted down by whoever adds.
    """

    def __init__(self, store: StateStore, space: str, bound: Bound) -> None:
        self.left = 0
        self._store = store
        self._space = space
        self._bound = bound

    async def check(self, now: float) -> None:
        """One more has come, and none was left to come.

        Raises:
            FlowError: of the bound's code; it is one too many.
        """
        most, when_full, code = self._bound
        count = await self._store.count(self._space, now)
        if count <= most:
            # A part of the room only, as others may share the space.
            self.left = (most - count) // 16
            return
        if when_full != "dropOldest":
            raise FlowError(code, f"{most:,} are kept already, and none of them has expired")
        # Where there are many, some more go at once, which is cheaper.
        for key in await self._store.expiring(self._space, count - most + most // 256):
            await self._store.remove(self._space, key)
        self.left = most // 4096
