"""Throttles that processes and nodes share, over a store."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

from airdock.packing import pack, unpack
from airdock.spec.step import Clock
from airdock.state import StateStore
from airdock.steps.common.key_locks import KeyLocks
from airdock.steps.common.lease import Lease
from airdock.steps.common.turns import Room, Turns
from airdock.steps.load.sliding_window import SlidingWindow
from airdock.steps.load.throttle_memory import FOREVER, Pass, rejected

LEASE = 30.0
"""Seconds after which what a process held that is gone is free again."""
POLL = 0.1
"""Seconds between looks at the store for what another process may have given back."""
_MOST_BYTES = 10_000_000

Change = Callable[[Any, float], tuple[Any, float]]
"""From the value of an entry (None: there is none) and the time: the value to put, None for no change; its expiry."""


class Entries:
    """Entries of a space, each of which several processes change from what is there."""

    def __init__(self, store: StateStore, space: str, clock: Clock) -> None:
        self._store = store
        self._space = space
        self._clock = clock
        self._locks = KeyLocks()

    async def change(self, key: str, change: Change) -> None:
        """Changes an entry; done again, from what is there then, where another process was faster."""
        # Those of this process would only be in each other's way.
        async with self._locks.of(key):
            while not await self._changed(key, change):
                continue

    async def _changed(self, key: str, change: Change) -> bool:
        now = self._clock.now()
        entry = await self._store.get(self._space, key, now)
        value, expires = change(None if entry is None else unpack(entry.value), now)
        if value is None:
            return True
        packed = pack(value, _MOST_BYTES)
        if entry is None:
            return bool(await self._store.add(self._space, key, packed, now, expires))
        return bool(await self._store.replace(self._space, key, packed, entry.revision, now, expires))


class SharedLimiter(Protocol):
    """A limit of which all processes keep account in the same entries."""

    async def take(self, key: str, limit: int, left: Callable[[], None]) -> Pass | float:
        """Lets one in; or the seconds until it is worth another try.

        Args:
            left: Called when it is out again, and another one may be let in.
        """

    def seconds(self, wait: float) -> float:
        """For the error of one that is refused, when it may come again."""


class SharedRate:
    """So many within any period."""

    def __init__(self, entries: Entries, period: float) -> None:
        self._entries = entries
        self._period = period

    async def take(self, key: str, limit: int, left: Callable[[], None]) -> Pass | float:
        wait = 0.0

        def pass_one(marks: Any, now: float) -> tuple[Any, float]:
            nonlocal wait
            window = SlidingWindow(self._period, marks)
            wait = window.take(now, limit)
            return (None if wait else window.marks), now + self._period

        await self._entries.change(key, pass_one)
        return wait or _PASSED

    def seconds(self, wait: float) -> float:
        return wait


class _Passed:
    def leave(self) -> None:
        """It counts for the period, however soon it is out."""


_PASSED = _Passed()


class SharedConcurrency:
    """So many at once. Who is in has a lease, which is prolonged while it is."""

    def __init__(self, entries: Entries, clock: Clock) -> None:
        self._entries = entries
        self._clock = clock
        self._leaving: set[asyncio.Task[None]] = set()

    async def take(self, key: str, limit: int, left: Callable[[], None]) -> Pass | float:
        holder, taken = uuid4().hex, False

        def enter(holders: Any, now: float) -> tuple[Any, float]:
            nonlocal taken
            inside = _alive(holders, now)
            taken = len(inside) < limit
            return ({**inside, holder: now + LEASE} if taken else None), now + LEASE

        try:
            await self._entries.change(key, enter)
        except asyncio.CancelledError:
            self._leave(key, holder)
            raise
        return Held(self, key, holder, self._clock, left) if taken else POLL

    def seconds(self, wait: float) -> float:
        return FOREVER

    async def prolong(self, key: str, holder: str) -> None:
        def prolonged(holders: Any, now: float) -> tuple[Any, float]:
            return {**_alive(holders, now), holder: now + LEASE}, now + LEASE

        await self._entries.change(key, prolonged)

    def leave(self, key: str, holder: str, left: Callable[[], None]) -> None:
        """Gives back beside the run, which need not wait for that."""
        self._leave(key, holder).add_done_callback(lambda task: left())

    def _leave(self, key: str, holder: str) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(self._given_back(key, holder))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
        return task

    async def _given_back(self, key: str, holder: str) -> None:
        def without(holders: Any, now: float) -> tuple[Any, float]:
            inside = _alive(holders, now)
            there = inside.pop(holder, None) is not None
            # Nobody in is an entry that is over.
            return (inside if there else None), (now + LEASE if inside else now)

        await self._entries.change(key, without)


class Held:
    """The place of one that is in."""

    def __init__(
        self, limiter: SharedConcurrency, key: str, holder: str, clock: Clock, left: Callable[[], None]
    ) -> None:
        self._limiter = limiter
        self._which = (key, holder)
        self._left = left
        self._lease = Lease(clock, LEASE / 3, lambda: limiter.prolong(key, holder))

    def leave(self) -> None:
        self._lease.end()
        self._limiter.leave(*self._which, self._left)


class DurableGate:
    """A gate of all processes: in each, messages wait in the order in which they came, and the first one looks."""

    def __init__(self, limiter: SharedLimiter, room: Room, clock: Clock, *, reject: bool) -> None:
        self._limiter = limiter
        self._room = room
        self._clock = clock
        self._reject = reject
        self._turns: dict[str, Turns] = {}

    def try_enter(self, key: str, limit: int) -> Pass | None:
        return None

    async def enter(self, key: str, limit: int) -> Pass:
        if self._reject:
            outcome = await self._limiter.take(key, limit, lambda: None)
            if isinstance(outcome, float):
                raise rejected(limit, self._limiter.seconds(outcome))
            return outcome
        turns = self._turns.setdefault(key, Turns(self._room, self._clock))
        passed: Pass = _PASSED

        async def attempt() -> float:
            nonlocal passed
            outcome = await self._limiter.take(key, limit, lambda: self._wake(key))
            if isinstance(outcome, float):
                return outcome
            passed = outcome
            return 0.0

        try:
            await turns.pass_through(attempt)
        finally:
            if not turns.waiting:
                self._turns.pop(key, None)
        return passed

    def _wake(self, key: str) -> None:
        """Has the first one that waits look at once."""
        turns = self._turns.get(key)
        if turns is not None:
            turns.wake()


def _alive(holders: Any, now: float) -> dict[str, float]:
    return {holder: until for holder, until in (holders or {}).items() if until > now}
