"""Keys of groups that are complete, so that messages which come late are known."""

import msgspec

from airdock.spec.step import Clock
from airdock.state import StateStore

_PAGE = 500
_SPARE = 0.1


class ClosedKeys:
    """Remembers so many keys; the oldest are forgotten."""

    def __init__(self, store: StateStore, space: str, clock: Clock, most: int) -> None:
        self._store = store
        self._space = f"{space}/closed"
        self._clock = clock
        self._most = most
        self._added = 0

    async def has(self, key: str) -> bool:
        """Whether the group of the key is complete."""
        return await self._store.get(self._space, key, self._clock.now()) is not None

    async def add(self, key: str) -> None:
        """The group of the key is complete."""
        now = self._clock.now()
        await self._store.put(self._space, key, msgspec.msgpack.encode(now))
        self._added += 1
        # To find the oldest takes a look at all of them, so that some are let go at once.
        if self._added > self._most * _SPARE:
            self._added = 0
            await self._forget(now)

    async def _forget(self, now: float) -> None:
        spare = await self._store.count(self._space, now) - self._most
        if spare <= 0:
            return
        moments: list[tuple[float, str]] = []
        after = ""
        while page := await self._store.entries(self._space, now, after, _PAGE):
            moments += ((msgspec.msgpack.decode(entry.value, type=float), key) for key, entry in page)
            after = page[-1][0]
        for _, key in sorted(moments)[:spare]:
            await self._store.remove(self._space, key)
