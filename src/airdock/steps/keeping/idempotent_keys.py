"""Keys of messages that are under way or were processed, in a store that others may share."""

import asyncio
import logging
import os
from collections.abc import Awaitable
from typing import NamedTuple

from airdock.errors import FlowError
from airdock.spec.step import Clock
from airdock.state import StateStore
from airdock.steps.common.at_once import Waiting, at_once
from airdock.steps.common.lease import Lease
from airdock.steps.keeping.room import Room

log = logging.getLogger("airdock.steps")

_DONE = b"done"
_SHORTEST, _LONGEST = 0.05, 1.0
"""Seconds between two looks at a key that another process, or another step, holds."""


class Terms(NamedTuple):
    """How keys are kept.

    Attributes:
        ttl: Seconds for which one is remembered.
        lease: Seconds after which another takes over one that nobody prolongs; None where keys go with their holder.
        in_flight: What one that comes again gets while the first is under way: `wait`, `duplicate` or `reject`.
    """

    ttl: float
    lease: float | None
    in_flight: str


class Held:
    """A key that a message holds while it is processed."""

    __slots__ = ("key", "lease", "revision", "value")

    def __init__(self, key: str, value: bytes, revision: int) -> None:
        self.key = key
        self.value = value
        self.revision = revision
        self.lease: Lease | None = None


class Keys:
    """The keys of one step. For one event loop.

    Attributes:
        space: Of the store, which several steps may share.
    """

    def __init__(self, store: StateStore, space: str, clock: Clock, terms: Terms, room: Room | None = None) -> None:
        """`room`: bounds how many there are; None for no bound."""
        self._store = store
        self.space = space
        self._clock = clock
        self._terms = terms
        self._ttl = terms.ttl
        self._room = room
        self._waiting: dict[str, asyncio.Future[None]] = {}

    async def knows(self, key: str) -> bool:
        """Whether a message with the key was processed, or is under way."""
        return await self._store.get(self.space, key, self._clock.now()) is not None

    def hold(self, key: str) -> Held | Waiting[Held | None] | None:
        """Holds the key for a message that comes first; None for a duplicate.

        Raises:
            FlowError: `idempotent.inFlight`, `idempotent.full`.
        """
        return at_once(self._hold(key))

    def take_in_memory(self, key: str) -> bool:
        """Holds the key for a message that comes first, as one that was processed; False where `hold` must look.

        Nobody sees the difference while the steps do not wait; when they do, or fail, `goes_on` is called.

        Raises:
            FlowError: `idempotent.full`.
        """
        now = self._clock.now()
        try:
            # As `at_once` does.
            self._store.add(self.space, key, _DONE, now, now + self._ttl).send(None)
        except StopIteration as end:
            if not end.value:
                return False
        else:
            raise RuntimeError("the store in memory waits for something")
        room = self._room
        if room is not None and room.left > 0:
            room.left -= 1
        else:
            self._make_room(key, now)
        return True

    def goes_on(self, key: str) -> Held:
        """The message whose key is held in memory is under way."""
        at_once(self._store.put(self.space, key, b""))
        return Held(key, b"", 0)

    def done(self, held: Held) -> Waiting[None] | None:
        """The message was processed: others with its key are duplicates from now on, for as long as keys are kept."""
        if held.lease is not None:
            held.lease.end()
        put = self._store.put(self.space, held.key, _DONE, self._clock.now() + self._ttl)
        return at_once(self._tell_behind(held.key, put))

    def failed(self, held: Held) -> Waiting[None] | None:
        """The message was not processed: the next one with its key is."""
        if held.lease is not None:
            held.lease.end()
        return at_once(self._tell_behind(held.key, self._remove(held)))

    async def remember(self, key: str) -> None:
        """A message that held nothing was processed."""
        now = self._clock.now()
        if await self._store.add(self.space, key, _DONE, now, now + self._ttl):
            self._make_room(key, now)

    async def _hold(self, key: str) -> Held | None:
        pause = _SHORTEST
        while True:
            held = await self._take(key)
            if held is not None:
                return held
            entry = await self._store.get(self.space, key, self._clock.now())
            if entry is None:
                continue
            if entry.value == _DONE or self._terms.in_flight == "duplicate":
                return None
            if self._terms.in_flight == "reject":
                raise FlowError("idempotent.inFlight", "a message with the same key is under way")
            await self._wait(key, pause)
            pause = min(2 * pause, _LONGEST)

    async def _take(self, key: str) -> Held | None:
        lease, now = self._terms.lease, self._clock.now()
        # It tells whose the key is where a call was cut off, and nobody knows whether it had its effect.
        held = Held(key, b"" if lease is None else os.urandom(12), 0)
        until = None if lease is None else now + lease
        try:
            held.revision = await self._store.add(self.space, key, held.value, now, until)
        except asyncio.CancelledError:
            await self._give_back(held)
            raise
        if not held.revision:
            return None
        self._make_room(key, now)
        if lease is not None:
            held.lease = Lease(self._clock, lease / 3, lambda: self._prolong(held, lease))
        return held

    def _make_room(self, key: str, now: float) -> None:
        room = self._room
        if room is None:
            return
        try:
            # There is a bound in memory only, where nothing waits.
            at_once(room.check(now))
        except FlowError:
            at_once(self._store.remove(self.space, key))
            raise

    async def _prolong(self, held: Held, lease: float) -> None:
        now = self._clock.now()
        revision = await self._store.replace(self.space, held.key, held.value, held.revision, now, now + lease)
        held.revision = revision or held.revision

    async def _remove(self, held: Held) -> None:
        try:
            if not await self._store.remove(self.space, held.key, held.revision):
                await self._give_back(held)
        except FlowError as error:
            # The failure of the message is what counts; the key is free when its lease is over.
            log.warning("the key of a message that failed was not removed: %s", error)

    async def _give_back(self, held: Held) -> None:
        """Removes a key whose revision may be another one than is known."""
        entry = await self._store.get(self.space, held.key, self._clock.now())
        if entry is not None and entry.value == held.value:
            await self._store.remove(self.space, held.key, entry.revision)

    async def _wait(self, key: str, pause: float) -> None:
        """Returns when whoever holds the key in this process has ended, or after the pause."""
        told = self._waiting.get(key)
        if told is None:
            told = self._waiting[key] = asyncio.get_running_loop().create_future()
            self._clock.call_later(pause, lambda: self._tell(key))
        await asyncio.shield(told)

    async def _tell_behind(self, key: str, call: Awaitable[None]) -> None:
        try:
            await call
        finally:
            self._tell(key)

    def _tell(self, key: str) -> None:
        told = self._waiting.pop(key, None)
        if told is not None and not told.done():
            told.set_result(None)
