"""What a source is opened with, without a listener around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from airdock.engine.clock import LoopClock
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore


class Held:
    """A connection that is open, as a trigger finds it: `Link` and `Listening` in one."""

    path = "p/c.connection"
    name = "p/l.listener"

    def __init__(self, client: Any, declared: Any = None, store: StateStore | None = None) -> None:
        self.client = client
        self.declared = declared
        self.store = store or MemoryStore()
        self.clock = LoopClock()
        self.stores = Stores(self.store, self.store)

    def connection(self, path: str, kinds: Any, place: Any) -> Any:
        return self

    def declaration(self, path: str, kinds: Any, place: Any) -> Any:
        return self.declared

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Any]:
        yield self.client


async def next_of(arrivals: AsyncIterator[Arrival]) -> Arrival:
    """The next arrival; it must come soon."""
    async with asyncio.timeout(10):
        return await anext(arrivals)


async def end_of(arrivals: AsyncIterator[Arrival]) -> FlowError:
    """The error that ends them; it must come soon."""
    try:
        async with asyncio.timeout(10):
            arrival = await anext(arrivals)
    except FlowError as error:
        return error
    raise AssertionError(f"{arrival.body!r} came")
