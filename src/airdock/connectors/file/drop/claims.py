"""Who works on a file: entries in the durable store, which all nodes share."""

import msgspec

from airdock.spec.clock import Clock
from airdock.state import StateStore

LEASE = 60.0
"""Seconds after which a claim that was not renewed is nobody's: its process is gone."""
_SPACE = "#files"
"""No flow or listener has such an address."""
_KEPT = 7 * 86400.0
"""Seconds for which it is known that a file was delivered before."""


class _Kept(msgspec.Struct, frozen=True):
    """What the store has of a claim: the version of the file, and the Unix time until which it is somebody's."""

    id: str
    until: float


class Claim:
    """A file that is the caller's.

    Attributes:
        key: Names it in the store. id: Of the version of the file. revision: Of the entry.
        again: The same version was, or may have been, delivered before.
    """

    __slots__ = ("again", "id", "key", "revision")

    def __init__(self, key: str, id: str, revision: int, *, again: bool) -> None:
        self.key = key
        self.id = id
        self.revision = revision
        self.again = again


class Claims:
    """The claims of all who take files from one place. Methods raise what the store raises.

    The claim is in the store and not in the name of the file: that needs no rights in the folder, works where nothing
    can be renamed, and leaves nothing behind that a person would have to put right.
    """

    def __init__(self, store: StateStore, clock: Clock, location: str) -> None:
        self._store = store
        self._clock = clock
        self._location = location

    async def take(self, path: str, id: str) -> Claim | None:
        """Claims a file; None where another has it."""
        key = f"{self._location}\n{path}"
        now = self._clock.now()
        value = _packed(id, now + LEASE)
        revision = await self._store.add(_SPACE, key, value, now, now + _KEPT)
        if revision:
            return Claim(key, id, revision, again=False)
        entry = await self._store.get(_SPACE, key, now)
        if entry is None:
            return None
        before = msgspec.msgpack.decode(entry.value, type=_Kept)
        if before.until > now:
            return None
        revision = await self._store.replace(_SPACE, key, value, entry.revision, now, now + _KEPT)
        return Claim(key, id, revision, again=before.id == id) if revision else None

    async def renew(self, claim: Claim) -> bool:
        """Work on it goes on; False where another took it over meanwhile."""
        return await self._put(claim, self._clock.now() + LEASE)

    async def give_back(self, claim: Claim) -> None:
        """It was delivered, and not worked off: whoever takes it next knows."""
        await self._put(claim, 0.0)

    async def drop(self, claim: Claim) -> None:
        """It was worked off, or not delivered."""
        await self._store.remove(_SPACE, claim.key, claim.revision)

    async def _put(self, claim: Claim, until: float) -> bool:
        now = self._clock.now()
        value = _packed(claim.id, until)
        revision = await self._store.replace(_SPACE, claim.key, value, claim.revision, now, now + _KEPT)
        if revision:
            claim.revision = revision
        return bool(revision)


def _packed(id: str, until: float) -> bytes:
    return msgspec.msgpack.encode(_Kept(id, until))
