"""What listeners of brokers listen to: a connection, by which the client is asked for what arrives."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival


class BrokerSource:
    """The `Source` of a trigger: the client's `listen(wanted, prefetch)`, which is what `Source.open` is."""

    def __init__(self, link: Link, wanted: Any) -> None:
        """`wanted`: what the client listens to, most often the trigger."""
        self._link = link
        self._wanted = wanted

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened(prefetch)

    @asynccontextmanager
    async def _opened(self, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        async with self._link.use() as client:
            listening: Any = client.listen(self._wanted, prefetch)
            async with listening as arrivals:
                yield arrivals
