"""Tasks that work side by side on one thing, and end with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sized
from typing import Any, TypeVar

Item = TypeVar("Item")

_AHEAD = 4
"""So many times as many as work at once may be done behind one that is not; more are not begun."""


class Crew:
    """Tasks that do the same work side by side; another is hired when one of them must wait."""

    def __init__(self, most: int, work: Callable[..., Any]) -> None:
        self._most = most
        self._work = work
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()
        self._room: asyncio.Future[None] | None = None

    async def work(self, *begun: Any) -> None:
        """Returns when there is no work left, and raises what the first of them raised; then none is at work."""
        self._over = asyncio.get_running_loop().create_future()
        try:
            self.hire(*begun)
            await self._over
        finally:
            await _end_all(self._tasks)

    def hire(self, *begun: Any) -> None:
        """One more, if there may be one more."""
        if len(self._tasks) < self._most:
            task = asyncio.get_running_loop().create_task(self._work(*begun))
            self._tasks.add(task)
            task.add_done_callback(self._left)

    def _left(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        cancelled = task.cancelled()
        error = None if cancelled else task.exception()
        if self._over is None or self._over.done():
            return
        if cancelled:
            self._over.cancel()
        elif error is not None:
            self._over.set_exception(error)
        elif not self._tasks:
            self._over.set_result(None)

    async def take(self, work: AsyncIterator[Item], kept: Sized) -> Item | None:
        """The next piece of work; None when there is none.

        It is not taken while too many are kept, as those are that were done behind one that takes long.
        """
        async with self._turn:
            while len(kept) >= self._most * _AHEAD:
                self._room = asyncio.get_running_loop().create_future()
                await self._room
            return await anext(work, None)

    def moved(self) -> None:
        """Fewer are kept than before."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


async def _end_all(tasks: "set[asyncio.Task[None]]") -> None:
    """Cancels what still runs and waits for its end, however often the one who waits is cancelled meanwhile."""
    for task in tasks:
        task.cancel()
    cancelled: asyncio.CancelledError | None = None
    while tasks:
        try:
            await asyncio.wait(set(tasks))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
