"""Messages that wait for their turn, in the order in which they came."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Literal

from airdock.errors import FlowError
from airdock.spec.step import Clock

WhenFull = Literal["reject", "dropOldest"]
Attempt = Callable[[], Awaitable[float]]
"""Tries to let one pass: 0 when it has, else the seconds until it is worth another try."""


class Waiter:
    """One that waits; for one task."""

    __slots__ = ("_dropped", "_future", "_woken")

    def __init__(self) -> None:
        self._future: asyncio.Future[None] | None = None
        self._woken = False
        self._dropped: FlowError | None = None

    async def pause(self, clock: Clock, seconds: float) -> None:
        """Returns after so many seconds (infinite ones allowed), or when it is woken, or was since it last paused.

        Raises:
            FlowError: it was dropped.
        """
        if not self._woken:
            self._future = asyncio.get_running_loop().create_future()
            timer = clock.call_later(seconds, self.wake) if seconds != float("inf") else None
            try:
                await self._future
            finally:
                self._future = None
                if timer is not None:
                    timer.cancel()
        self._woken = False
        if self._dropped is not None:
            raise self._dropped

    def wake(self) -> None:
        self._woken = True
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    def drop(self, error: FlowError) -> None:
        """Has it raise an error where it waits."""
        self._dropped = error
        self.wake()


class Room:
    """How many may wait in a step of a process, and what happens when one more comes."""

    def __init__(self, most: int, when_full: str, full: Callable[[], FlowError]) -> None:
        """`full` makes the error of one that has no room."""
        self._most = most
        self._when_full = when_full
        self._full = full
        self._waiting: OrderedDict[Waiter, None] = OrderedDict()

    def enter(self, waiter: Waiter) -> None:
        """One more waits.

        Raises:
            FlowError: there is no room.
        """
        if len(self._waiting) >= self._most:
            if self._when_full == "reject":
                raise self._full()
            oldest, _ = self._waiting.popitem(last=False)
            oldest.drop(self._full())
        self._waiting[waiter] = None

    def leave(self, waiter: Waiter) -> None:
        self._waiting.pop(waiter, None)


class Turns:
    """Those that wait for the same thing; the first one tries to pass, the others wait behind it.

    Attributes:
        waiting: They, in the order in which they came.
    """

    def __init__(self, room: Room, clock: Clock) -> None:
        self._room = room
        self._clock = clock
        self.waiting: OrderedDict[Waiter, None] = OrderedDict()

    async def pass_through(self, attempt: Attempt) -> None:
        """Returns when an attempt of this one let it pass, which nobody tries before its turn.

        Raises:
            FlowError: there is no room to wait, or it was dropped.
        """
        waiter = Waiter()
        self._room.enter(waiter)
        self.waiting[waiter] = None
        try:
            while next(iter(self.waiting)) is not waiter:
                await waiter.pause(self._clock, float("inf"))
            while wait := await attempt():
                await waiter.pause(self._clock, wait)
        finally:
            self._room.leave(waiter)
            del self.waiting[waiter]
            self.wake()

    def wake(self) -> None:
        """Has the first one try now."""
        if self.waiting:
            next(iter(self.waiting)).wake()
