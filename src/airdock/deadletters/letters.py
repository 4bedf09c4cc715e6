"""The store of dead letters as listeners use it: in threads, with errors that have a code."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from airdock.database import DatabaseError
from airdock.deadletters.letter import Content, Death, Letter, LetterError
from airdock.deadletters.store import LetterStore
from airdock.errors import AirdockError, FlowError

Value = TypeVar("Value")


class StoredLetters:
    """Keeps the promises of `DeadLetters` by a store in the database."""

    def __init__(self, store: LetterStore) -> None:
        self._store = store

    async def put(self, listener: str, source: str, content: Content, death: Death) -> None:
        await _told(lambda: self._store.put(listener, source, content, death))

    async def waiting(self) -> list[str]:
        return await _told(self._store.waiting)

    async def take(self, listener: str, limit: int) -> list[Letter]:
        return await _told(lambda: self._store.take(listener, limit))

    async def renew(self, id: str) -> None:
        await _told(lambda: self._store.renew(id))

    async def done(self, id: str) -> None:
        await _told(lambda: self._store.done(id))

    async def died_again(self, id: str, death: Death) -> None:
        await _told(lambda: self._store.died_again(id, death))

    async def give_back(self, id: str) -> None:
        await _told(lambda: self._store.give_back(id))


async def _told(work: Callable[[], Value]) -> Value:
    try:
        return await asyncio.to_thread(work)
    except LetterError as error:
        raise FlowError(error.code, str(error)) from error
    except DatabaseError as error:
        raise FlowError("state.unavailable", f"dead letters cannot be kept or read now: {error}") from error
    except AirdockError as error:
        raise FlowError("state.unreadable", f"a dead letter cannot be read: {error}") from error
