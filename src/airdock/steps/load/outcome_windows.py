"""How calls ended lately: over the last so many calls, or over the last so many seconds."""

from collections import deque
from typing import Protocol

FAILED = 1
SLOW = 2
"""Bits of an outcome; 0 is a call that went well in good time."""


class OutcomeWindow(Protocol):
    """Counts outcomes as long as they are in the window.

    Attributes:
        calls, failed, slow: How many there are, and of those how many failed, and were slow.
    """

    calls: int
    failed: int
    slow: int

    def add(self, outcome: int, now: float) -> None:
        """One more; those that are not in the window any more go."""


class CountWindow:
    """The last so many calls."""

    __slots__ = ("_next", "_ring", "_size", "calls", "failed", "slow")

    def __init__(self, size: int) -> None:
        self._size = size
        self._ring = bytearray()
        self._next = 0
        self.calls = self.failed = self.slow = 0

    def add(self, outcome: int, now: float) -> None:
        ring, place = self._ring, self._next
        if self.calls < self._size:
            ring.append(outcome)
            self.calls += 1
        else:
            gone = ring[place]
            ring[place] = outcome
            if gone:
                self.failed -= gone & FAILED
                self.slow -= gone >> 1
        self._next = place + 1 if place + 1 < self._size else 0
        if outcome:
            self.failed += outcome & FAILED
            self.slow += outcome >> 1


class TimeWindow:
    """The calls of this second and of the seconds before it, so many in all."""

    __slots__ = ("_seconds", "_size", "calls", "failed", "slow")

    def __init__(self, size: int) -> None:
        self._size = size
        self._seconds: deque[list[int]] = deque()
        self.calls = self.failed = self.slow = 0

    def add(self, outcome: int, now: float) -> None:
        second, seconds = int(now), self._seconds
        while seconds and seconds[0][0] <= second - self._size:
            _, calls, failed, slow = seconds.popleft()
            self.calls -= calls
            self.failed -= failed
            self.slow -= slow
        if not seconds or seconds[-1][0] != second:
            seconds.append([second, 0, 0, 0])
        newest = seconds[-1]
        newest[1] += 1
        self.calls += 1
        if outcome:
            newest[2] += outcome & FAILED
            newest[3] += outcome >> 1
            self.failed += outcome & FAILED
            self.slow += outcome >> 1
