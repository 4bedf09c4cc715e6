"""The workers of a listener: so many runs at once, and none while a gate is closed."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from airdock.triggers.listener.work import Work

log = logging.getLogger("airdock.listeners")


class Crew:
    """Does what is ready, in that order. For one event loop.

    Attributes:
        busy: How many pieces are worked on.
    """

    def __init__(self, size: int, do: Callable[[Work], Awaitable[None]]) -> None:
        """`do` raises nothing but `CancelledError`."""
        self.busy = 0
        self._size = size
        self._do = do
        self._ready: deque[Work] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True

    def put(self, work: Work) -> None:
        """Its turn has come."""
        self._ready.append(work)
        if self._open:
            self._call_one()

    def put_back(self, work: Work) -> None:
        """It was begun too early, and is the first to begin again."""
        self._ready.appendleft(work)
        if self._open:
            self._call_one()

    def close_gate(self) -> None:
        """Nothing begins until the gate is opened."""
        self._open = False

    def open_gate(self) -> None:
        self._open = True
        for _ in self._ready:
            self._call_one()

    def cancel(self) -> None:
        """Cuts off what goes on, and ends the workers."""
        for task in self._tasks:
            task.cancel()

    async def stop(self) -> None:
        """Ends the workers, and waits for that."""
        self.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _call_one(self) -> None:
        while self._idle:
            idle = self._idle.popleft()
            if not idle.done():
                idle.set_result(None)
                return
        if len(self._tasks) < self._size:
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        while True:
            while not (self._open and self._ready):
                idle = asyncio.get_running_loop().create_future()
                self._idle.append(idle)
                await idle
            work = self._ready.popleft()
            if work.gone:
                continue
            self.busy += 1
            try:
                await self._do(work)
            except Exception:
                log.exception("a listener's work failed for a reason of ours")
            finally:
                self.busy -= 1
