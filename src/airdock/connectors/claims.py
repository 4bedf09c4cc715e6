"""Who works on something that all nodes see: claims in the shared store, which end with those who hold them."""

from airdock.spec.clock import Clock
from airdock.state import StateStore

LEASE_SECONDS = 30.0
"""So long a claim holds without a word of who holds it."""


class Claims:
    """Claims by key, in a space of their own. Methods raise what the store raises."""

    def __init__(self, store: StateStore, space: str, clock: Clock) -> None:
        self._store = store
        self._space = space
        self._clock = clock

    async def take(self, key: str) -> bool:
        """Whether it is the caller's now; False while another holds it."""
        now = self._clock.now()
        return bool(await self._store.add(self._space, key, b"", now, now + LEASE_SECONDS))

    async def renew(self, key: str) -> None:
        """Work goes on."""
        await self._store.put(self._space, key, b"", self._clock.now() + LEASE_SECONDS)

    async def give_back(self, key: str) -> None:
        """Others may take it. What is done need not be given back: its claim ends by itself."""
        await self._store.remove(self._space, key)
