"""Throttles within a process."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from airdock.errors import FlowError
from airdock.spec.step import Clock
from airdock.steps.common.turns import Room, Turns
from airdock.steps.load.sliding_window import SlidingWindow

FOREVER = float("inf")


class Pass(Protocol):
    """What a message has that was let in."""

    def leave(self) -> None:
        """The message is out again."""


class Gate(Protocol):
    """Lets messages in, per key."""

    def try_enter(self, key: str, limit: int) -> Pass | None:
        """Lets one in at once; None where it must be waited for, or cannot be told yet."""

    async def enter(self, key: str, limit: int) -> Pass:
        """Lets one in, in the order in which they came.

        Raises:
            FlowError: `throttle.rejected` or `throttle.full`.
        """


class Limiter(Protocol):
    """The limit of one key."""

    def take(self, limit: int) -> float:
        """Lets one in, and returns 0; or does nothing, and returns the seconds until one may, infinite if unknown."""

    def give_back(self) -> None:
        """One is out again."""

    @property
    def in_use(self) -> bool:
        """Whether one that was let in is not out yet."""


class RateLimiter:
    """So many within any period."""

    in_use = False

    def __init__(self, clock: Clock, period: float) -> None:
        self._now = clock.monotonic
        self._take = SlidingWindow(period).take

    def take(self, limit: int) -> float:
        return self._take(self._now(), limit)

    def give_back(self) -> None:
        """They count for the period, however soon they are out."""


class ConcurrencyLimiter:
    """So many at once."""

    def __init__(self) -> None:
        self._inside = 0

    def take(self, limit: int) -> float:
        if self._inside >= limit:
            return FOREVER
        self._inside += 1
        return 0.0

    def give_back(self) -> None:
        self._inside -= 1

    @property
    def in_use(self) -> bool:
        return self._inside > 0


class Line:
    """The messages of one key: those that are in, and those that wait."""

    __slots__ = ("limiter", "take", "turns", "waiting")

    def __init__(self, limiter: Limiter, turns: Turns) -> None:
        self.limiter = limiter
        self.turns = turns
        self.take = limiter.take
        self.waiting = turns.waiting

    def leave(self) -> None:
        self.limiter.give_back()
        self.turns.wake()

    @property
    def in_use(self) -> bool:
        return bool(self.waiting) or self.limiter.in_use


class MemoryGate:
    """A gate of one process. Of keys that nobody waits for or is in with, those used least lately are forgotten."""

    def __init__(self, limiter: Callable[[], Limiter], room: Room, clock: Clock, *, keys: int, reject: bool) -> None:
        """`keys`: so many may be known; a further one that finds all in use is refused."""
        self._limiter = limiter
        self._room = room
        self._clock = clock
        self._most = keys
        self._reject = reject
        self._lines: OrderedDict[str, Line] = OrderedDict()

    def try_enter(self, key: str, limit: int) -> Line | None:
        line = self._lines.get(key)
        if line is None:
            line = self._open(key)
        elif len(self._lines) > 1:
            self._lines.move_to_end(key)
        if line.waiting:
            return None
        wait = line.take(limit)
        if wait and self._reject:
            raise rejected(limit, wait)
        return None if wait else line

    async def enter(self, key: str, limit: int) -> Line:
        line = self._lines.get(key) or self._open(key)

        async def attempt() -> float:
            return line.take(limit)

        await line.turns.pass_through(attempt)
        return line

    def _open(self, key: str) -> Line:
        if len(self._lines) >= self._most:
            self._forget_one()
        line = self._lines[key] = Line(self._limiter(), Turns(self._room, self._clock))
        return line

    def _forget_one(self) -> None:
        for key, line in self._lines.items():
            if not line.in_use:
                del self._lines[key]
                return
        raise FlowError("throttle.full", f"all {self._most:,} keys that may be known are in use")


def rejected(limit: int, wait: float) -> FlowError:
    """The error of a message beyond the limit; `wait` as a limiter gives it."""
    seconds = 1 if wait == FOREVER else max(1, round(wait + 0.499))
    message = f"more than {limit:,} came at once" if wait == FOREVER else f"more than {limit:,} came in the period"
    return FlowError("throttle.rejected", message, details={"retryAfter": seconds})
