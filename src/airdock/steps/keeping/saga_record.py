"""What is known of a saga, in a store: so that whoever finds it can undo what was done."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.packing import NotPackableError, pack, unpack
from airdock.spec.step import Clock
from airdock.state import Entry, StateStore
from airdock.steps.common.lease import Lease

log = logging.getLogger("airdock.steps")

LEASE = 30.0
"""Seconds after which a saga whose process is gone is another one's."""
LARGEST = 1024**2
"""Bytes that the options of an action may take."""


class ActionNote(msgspec.Struct, array_like=True):
    """An action of a saga. `options`: what its compensation gets, packed."""

    name: str
    options: bytes = b""

    def unpacked(self) -> dict[str, Any]:
        found: dict[str, Any] = unpack(self.options) if self.options else {}
        return found


class SagaState(msgspec.Struct):
    """A saga as it is stored.

    Attributes:
        run: Id of the run that began it. done: The actions that have ended, in order, and are not undone.
        open: The action that is under way, or was when its process was cut off: nobody knows what it did.
        completing: All went well, and `completion` is to run; else, once nobody holds it, `done` is to be undone.
        error: Code and message of what ended it.
        parked: A person is to look at it. until: Held until that Unix time, by whoever holds it.
    """

    run: str
    done: list[ActionNote] = []
    open: ActionNote | None = None
    completing: bool = False
    error: tuple[str, str] | None = None
    parked: bool = False
    until: float = 0.0


_DECODER = msgspec.msgpack.Decoder(SagaState)


class SagaRecord:
    """A saga that this process holds. Nobody else touches it while it is prolonged.

    Attributes:
        id: Of the saga. state: As it is to be stored. lost: Another process has taken it over.
        over: Nothing is left to be done.
    """

    def __init__(self, shelf: "SagaShelf", id: str, state: SagaState, revision: int = 0) -> None:
        """`revision`: of its entry; 0 where there is none yet."""
        self.id = id
        self.state = state
        self.lost = self.over = False
        self._shelf = shelf
        self._revision = revision
        self._lock = asyncio.Lock()
        self._lease: Lease | None = None

    async def save(self) -> None:
        """Stores the state.

        Raises:
            FlowError: `saga.lost`.
        """
        async with self._lock:
            if not self.lost:
                self.state.until = self._shelf.clock.now() + LEASE
                self._revision = await self._shelf.write(self.id, self.state, self._revision)
                self.lost = not self._revision
            if self.lost:
                self.release()
                raise _lost(self.id)
            if self._lease is None:
                self._lease = Lease(self._shelf.clock, LEASE / 3, self.save)

    async def park(self) -> None:
        """Leaves it to a person."""
        self.state.parked = True
        await self.save()
        self.release()

    async def remove(self) -> None:
        """It is over.

        Raises:
            FlowError: `saga.lost`.
        """
        async with self._lock:
            self.release()
            self.lost = self.lost or not await self._shelf.forget(self.id, self._revision)
            if self.lost:
                raise _lost(self.id)
            self.over = True

    @property
    def stored(self) -> bool:
        """Whether others know of it."""
        return self._revision > 0

    def release(self) -> None:
        """It is not prolonged any more: after a while, another process goes on with it."""
        if self._lease is not None:
            self._lease.end()
            self._lease = None


class SagaShelf:
    """The sagas of a step in the store."""

    def __init__(self, store: StateStore, space: str, clock: Clock) -> None:
        self.clock = clock
        self._store = store
        self._space = space

    async def write(self, id: str, state: SagaState, revision: int) -> int:
        """Stores a state over that of the revision; the new revision, 0 where somebody else has changed it."""
        packed, now = msgspec.msgpack.encode(state), self.clock.now()
        if revision:
            return await self._store.replace(self._space, id, packed, revision, now)
        return await self._store.add(self._space, id, packed, now)

    async def forget(self, id: str, revision: int) -> bool:
        """Removes it, if it still has that revision."""
        return await self._store.remove(self._space, id, revision)

    async def take_parked(self, id: str) -> SagaRecord | None:
        """The saga that a person has another try at; None where it is over.

        Raises:
            FlowError: `saga.busy`, a process is at work on it.
        """
        entry = await self._store.get(self._space, id, self.clock.now())
        if entry is None:
            return None
        record = self._record(id, entry)
        if not record.state.parked and record.state.until > self.clock.now():
            raise FlowError("saga.busy", f"a process is at work on the saga {id}")
        record.state.parked = False
        await record.save()
        return record

    async def left_behind(self) -> AsyncIterator[SagaRecord]:
        """The sagas whose process is gone; each one is then held here."""
        after: str | None = None
        while page := await self._store.entries(self._space, self.clock.now(), after):
            for id, entry in page:
                after = id
                record = await self._held(id, entry)
                if record is not None:
                    yield record

    async def _held(self, id: str, entry: Entry) -> SagaRecord | None:
        """The saga, if nobody else holds it."""
        try:
            record = self._record(id, entry)
            if record.state.parked or record.state.until > self.clock.now():
                return None
            await record.save()
        except FlowError as error:
            if error.code == "state.content":
                log.error("%s", error)
            elif error.code != "saga.lost":
                raise
            return None
        return record

    def _record(self, id: str, entry: Entry) -> SagaRecord:
        try:
            state = _DECODER.decode(entry.value)
        except msgspec.MsgspecError as error:
            raise FlowError("state.content", f"the saga {id} of {self._space} cannot be read: {error}") from error
        return SagaRecord(self, id, state, entry.revision)


def packed_options(options: dict[str, Any]) -> bytes:
    """The options of an action as bytes.

    Raises:
        FlowError: `saga.options`, they cannot be kept.
    """
    try:
        return pack(options, LARGEST) if options else b""
    except NotPackableError as error:
        raise FlowError("saga.options", f"the options of an action cannot be kept: {error}") from error


def _lost(id: str) -> FlowError:
    return FlowError("saga.lost", f"another process has taken over the saga {id}, as this one seemed to be gone")
