"""Which files were worked off and still lie where they came, in the durable store."""

from typing import Literal

from airdock.spec.clock import Clock
from airdock.state import StateStore

Outcome = Literal["done", "failed"]
"""A file was worked off, or went to the dead letters."""

_KEPT = 30 * 86400.0
_RENEWED = 15 * 86400.0
"""Seconds before its end at which what is still needed is kept for longer."""
_PAGE = 1000


class Memory:
    """What a listener remembers of files, by their ids. Methods raise what the store raises.

    Of files that stay where they are it is remembered for as long as they do, and a month more.
    """

    def __init__(self, store: StateStore, clock: Clock, listener: str) -> None:
        self._store = store
        self._clock = clock
        # No flow has such an address.
        self._space = f"{listener}#files"
        self._known: dict[str, tuple[bytes, float]] = {}

    async def recall(self) -> None:
        """Reads all that is remembered, for `known`."""
        after: str | None = None
        while page := await self._store.entries(self._space, self._clock.now(), after, _PAGE):
            for id, entry in page:
                self._known[id] = (entry.value, entry.expires or 0.0)
            after = page[-1][0]

    def known(self, id: str) -> Outcome | None:
        """What became of a file, as far as this process knows already."""
        found = self._known.get(id)
        return None if found is None else _outcome(found[0])

    async def find(self, id: str) -> Outcome | None:
        """What became of a file, by whatever process; None where it was not worked off."""
        now = self._clock.now()
        entry = await self._store.get(self._space, id, now)
        if entry is None:
            return None
        self._known[id] = (entry.value, entry.expires or now)
        return _outcome(entry.value)

    async def keep(self, id: str, outcome: Outcome) -> None:
        expires = self._clock.now() + _KEPT
        await self._store.put(self._space, id, outcome.encode(), expires)
        self._known[id] = (outcome.encode(), expires)

    async def forget(self, id: str) -> None:
        """The file lies there no more."""
        self._known.pop(id, None)
        await self._store.remove(self._space, id)

    async def still_there(self, ids: set[str]) -> None:
        """These are all the files that lie there."""
        soon = self._clock.now() + _RENEWED
        for id in self._known.keys() - ids:
            del self._known[id]
        for id in [id for id, (_, expires) in self._known.items() if expires < soon]:
            await self.keep(id, _outcome(self._known[id][0]))


def _outcome(value: bytes) -> Outcome:
    return "failed" if value == b"failed" else "done"
