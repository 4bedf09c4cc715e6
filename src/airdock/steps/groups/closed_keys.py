"""Keys of groups that are complete, so that messages which come late are known."""

from airdock.spec.step import Clock
from airdock.state import StateStore

_AGES = 100 * 366 * 86400.0


class ClosedKeys:
    """Remembers so many keys; the oldest are forgotten."""

    def __init__(self, store: StateStore, space: str, clock: Clock, most: int) -> None:
        self._store = store
        self._space = f"{space}/closed"
        self._clock = clock
        self._most = most

    async def has(self, key: str) -> bool:
        """Whether the group of the key is complete."""
        return await self._store.get(self._space, key, self._clock.now()) is not None

    async def add(self, key: str) -> None:
        """The group of the key is complete."""
        now = self._clock.now()
        # They never expire; which of them would do so first tells their order.
        await self._store.put(self._space, key, b"", now + _AGES)
        spare = await self._store.count(self._space, now) - self._most
        if spare > 0:
            for oldest in await self._store.expiring(self._space, spare):
                await self._store.remove(self._space, oldest)
