"""Work that several want at once and one does."""

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple

from airdock.errors import FlowError


class Landed(NamedTuple):
    """How work ended: with a value, with an error, done without a value that others could have, or left undone."""

    value: bytes | None = None
    error: FlowError | None = None
    done: bool = False


class SingleFlight:
    """By key, work that is under way in this process."""

    def __init__(self) -> None:
        self._flights: dict[str, asyncio.Future[Landed]] = {}

    def find(self, key: str) -> "asyncio.Future[Landed] | None":
        """What is under way for the key."""
        return self._flights.get(key)

    async def join(self, flight: "asyncio.Future[Landed]") -> Landed:
        """How the work of another one ended. Who waits may be cut off without harm to the others.

        Raises:
            FlowError: it ended with an error, of which this is a copy.
        """
        landed = await asyncio.shield(flight)
        if landed.error is not None:
            raise _copy(landed.error)
        return landed

    async def lead(self, key: str, work: Awaitable[bytes | None]) -> None:
        """Does work whose value those who join get. Raises whatever the work does."""
        flight: asyncio.Future[Landed] = asyncio.get_running_loop().create_future()
        self._flights.setdefault(key, flight)
        landed = Landed()
        try:
            landed = Landed(await work, done=True)
        except FlowError as error:
            landed = Landed(error=error)
            raise
        finally:
            flight.set_result(landed)
            if self._flights.get(key) is flight:
                del self._flights[key]


def _copy(error: FlowError) -> FlowError:
    copied = FlowError(error.code, error.message, status=error.status, step=error.step, details=dict(error.details))
    copied.__cause__ = error.__cause__
    return copied
