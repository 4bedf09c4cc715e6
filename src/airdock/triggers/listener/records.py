"""What is kept of messages by their ids, so that a restart forgets neither a delay nor what is done."""

import msgspec

from airdock.spec.clock import Clock
from airdock.state import StateStore

KEPT_SECONDS = 7 * 86400.0
"""So long the id of what was worked off, or failed, is known."""


class Attempt(msgspec.Struct, frozen=True):
    """Where the redelivery of a message stands.

    Attributes:
        number: Of the next run. due: Unix time before which it does not begin.
        begun: It began; who finds this later knows that it was cut off.
    """

    number: int
    due: float
    begun: bool = False


class Records:
    """The attempts of a listener's messages, and the ids of those that are done, in a durable store.

    Methods raise what the store raises.
    """

    def __init__(self, listener: str, store: StateStore, clock: Clock) -> None:
        # No flow has such an address.
        self._attempts, self._done = f"{listener}#attempts", f"{listener}#done"
        self._store = store
        self._clock = clock

    async def find(self, id: str) -> Attempt | None:
        """Where a message stands; None for one that did not fail."""
        entry = await self._store.get(self._attempts, id, self._clock.now())
        return None if entry is None else msgspec.msgpack.decode(entry.value, type=Attempt)

    async def keep(self, id: str, attempt: Attempt) -> None:
        expires = max(attempt.due, self._clock.now()) + KEPT_SECONDS
        await self._store.put(self._attempts, id, msgspec.msgpack.encode(attempt), expires)

    async def forget(self, id: str) -> None:
        """A message was accepted: its attempts count no more."""
        await self._store.remove(self._attempts, id)

    async def is_done(self, id: str) -> bool:
        """Whether a message was worked off before."""
        return await self._store.get(self._done, id, self._clock.now()) is not None

    async def done(self, id: str) -> None:
        """A message was worked off."""
        now = self._clock.now()
        await self._store.add(self._done, id, b"", now, now + KEPT_SECONDS)
