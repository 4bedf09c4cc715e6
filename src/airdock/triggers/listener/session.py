"""One opening of a source: what came in it and is still in hand."""

import asyncio
from collections.abc import Iterable

from airdock.triggers.listener.work import Work


class Session:
    """From the end of the opening before to the end of a source's opening; letters that are sent again have their own.

    Attributes:
        work: What is in hand, in the order in which it came.
        opened: When it was open, by the monotonic clock; None before.
        over: The source is closed: what it gave goes back by itself.
    """

    def __init__(self, prefetch: int, staying: Iterable[Work] = ()) -> None:
        """`staying`: what is taken over of the session before."""
        self.work: dict[Work, None] = dict.fromkeys(staying)
        for work in self.work:
            work.session = self
        taken = sum(len(work.held) for work in self.work)
        self.opened: float | None = None
        self.over = False
        self._room = asyncio.Semaphore(max(prefetch - taken, 0))
        self._beyond = max(taken - prefetch, 0)
        self._changed = asyncio.Event()

    async def room(self) -> None:
        """Waits until one more arrival may be taken."""
        await self._room.acquire()

    def leave(self, count: int = 1) -> None:
        """So many arrivals are no longer in hand."""
        for _ in range(count):
            if self._beyond:
                self._beyond -= 1
            else:
                self._room.release()

    def discard(self, work: Work) -> None:
        """Nothing of a piece is left."""
        self.work.pop(work, None)
        self._changed.set()

    async def until_empty(self) -> None:
        """Waits until nothing is in hand."""
        while self.work:
            self._changed.clear()
            await self._changed.wait()

    async def until_idle(self) -> None:
        """Waits until no run goes on."""
        while any(work.running for work in self.work):
            self._changed.clear()
            await self._changed.wait()

    def paused(self) -> None:
        """A run has ended, and what it worked on is still in hand."""
        self._changed.set()
