"""Steps whose value is kept for those who ask again."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.packing import NotPackableError, pack, unpack
from airdock.spec.step import Compiled
from airdock.state import StateStore
from airdock.steps.common.correlation import correlating
from airdock.steps.load.kept_values import KeptValues
from airdock.steps.load.single_flight import SingleFlight

log = logging.getLogger("airdock.steps")


class Values:
    """From messages to what is kept, and back."""

    def __init__(
        self,
        key: Expression,
        result: str,
        give: Callable[[Exchange, Any], None],
        seconds: Callable[[Exchange], float],
        *,
        largest: int,
        name: str,
    ) -> None:
        """
        Args:
            result: The property that has the value; empty for the body. give: Puts it there.
            seconds: For which it is kept. largest: So many bytes. name: Of the cache, for the log.
        """
        self._key = correlating(key, "cache.key")
        self._source = key.source
        self._property = result
        self._give = give
        self._largest = largest
        self._name = name
        self._told = False
        self.seconds = seconds

    def key(self, exchange: Exchange) -> str:
        if key := self._key(exchange):
            return key
        raise FlowError("cache.key", f"the message has no key: `{self._source}` is missing or empty")

    def packed(self, exchange: Exchange) -> bytes | None:
        """The value; None where it cannot be kept."""
        value = exchange.properties.get(self._property) if self._property else exchange.body
        try:
            return pack(value, self._largest)
        except NotPackableError as error:
            if not self._told:
                self._told = True
                log.warning("the cache %s has a value that is not kept: %s", self._name, error)
            return None

    def give(self, exchange: Exchange, packed: bytes) -> None:
        self._give(exchange, unpack(packed))


def caching(values: Values, steps: Compiled, kept: KeptValues, now: Callable[[], float]) -> Compiled:
    """The steps behind a cache in memory."""
    key_of, flights = values.key, SingleFlight()

    def cache(exchange: Exchange) -> Awaitable[None] | None:
        key = key_of(exchange)
        packed = kept.get(key, now())
        if packed is not None:
            values.give(exchange, packed)
            return None
        if flights.find(key) is not None:
            return follow(exchange, key)
        pending = steps(exchange)
        if pending is None:
            keep(exchange, key)
            return None
        return flights.lead(key, made(pending, exchange, key))

    def keep(exchange: Exchange, key: str) -> bytes | None:
        packed = values.packed(exchange)
        if packed is not None:
            kept.put(key, packed, now() + values.seconds(exchange))
        return packed

    async def made(pending: Awaitable[None], exchange: Exchange, key: str) -> bytes | None:
        await pending
        return keep(exchange, key)

    async def follow(exchange: Exchange, key: str) -> None:
        if not await _joined(flights, values, exchange, key, steps):
            pending = cache(exchange)
            if pending is not None:
                await pending

    return cache


class Space:
    """The values of all processes."""

    def __init__(self, store: StateStore, space: str, now: Callable[[], float], most: int) -> None:
        self._store = store
        self._space = space
        self._now = now
        self._most = most

    async def get(self, key: str) -> bytes | None:
        entry = await self._store.get(self._space, key, self._now())
        return None if entry is None else entry.value

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keeps a value; beyond the bound, those go that expire first."""
        now = self._now()
        await self._store.put(self._space, key, value, now + seconds)
        beyond = await self._store.count(self._space, now) - self._most
        if beyond > 0:
            for oldest in await self._store.expiring(self._space, beyond):
                await self._store.remove(self._space, oldest)


class DurableCache:
    """The steps behind a cache that all processes share."""

    def __init__(self, values: Values, steps: Compiled, space: Space) -> None:
        self._values = values
        self._steps = steps
        self._space = space
        self._flights = SingleFlight()

    async def run(self, exchange: Exchange) -> None:
        key = self._values.key(exchange)
        while self._flights.find(key) is not None:
            if await _joined(self._flights, self._values, exchange, key, self._steps):
                return
        await self._flights.lead(key, self._made(exchange, key))

    async def _made(self, exchange: Exchange, key: str) -> bytes | None:
        kept = await self._space.get(key)
        if kept is not None:
            self._values.give(exchange, kept)
            return kept
        pending = self._steps(exchange)
        if pending is not None:
            await pending
        packed = self._values.packed(exchange)
        if packed is not None:
            await self._space.put(key, packed, self._values.seconds(exchange))
        return packed


async def _joined(flights: SingleFlight, values: Values, exchange: Exchange, key: str, steps: Compiled) -> bool:
    """Waits for who is at work for the key; whether the message then has its value.

    It makes that itself where the other one's cannot be had.
    """
    flight = flights.find(key)
    landed = await flights.join(flight) if flight is not None else None
    if landed is None or not landed.done:
        return False
    if landed.value is not None:
        values.give(exchange, landed.value)
        return True
    pending = steps(exchange)
    if pending is not None:
        await pending
    return True
