"""What is held in a store for a time that goes on being prolonged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from airdock.errors import FlowError
from airdock.spec.step import Clock, Timer

log = logging.getLogger("airdock.steps")


class Lease:
    """Prolongs something that a process holds, so that others take it over only when the process is gone."""

    def __init__(self, clock: Clock, every: float, prolong: Callable[[], Awaitable[object]]) -> None:
        """`prolong` is called every so many seconds; a store that cannot be used then is tried again."""
        self._clock = clock
        self._every = every
        self._prolong = prolong
        # Most are over before they need to be prolonged: a timer costs less than a task.
        self._timer: Timer = clock.call_later(every, self._begin)
        self._task: asyncio.Task[None] | None = None

    def end(self) -> None:
        """It is not held any more."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._go_on())

    async def _go_on(self) -> None:
        while True:
            try:
                await self._prolong()
            except FlowError as error:
                log.warning("what is held in a store could not be prolonged: %s", error)
            await self._clock.sleep(self._every)
