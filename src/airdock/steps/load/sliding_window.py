"""A sliding window over time: how many passed within the last period."""

from collections import deque
from typing import Any

EXACT = 256
"""Up to this limit each one that passes is remembered by itself; beyond, those of a 256th of the period together."""
_SLACK = 1e-9


class SlidingWindow:
    """Lets no more pass within any period than a limit allows; Camel's throttler is such a window.

    One that passed counts for the whole period from then on. With a limit beyond `EXACT` it may count up to a 256th of
    the period longer, so that memory is bounded whatever the limit.
    """

    __slots__ = ("_count", "_grain", "_marks", "_period")

    def __init__(self, period: float, marks: list[Any] | None = None) -> None:
        """`period` in seconds; `marks` of an earlier window, as `marks` gave them."""
        self._period = period
        self._grain = period / EXACT
        self._marks: deque[list[Any]] = deque(marks or ())
        self._count: int = sum(mark[2] for mark in self._marks)

    @property
    def marks(self) -> list[Any]:
        """What it remembers: when the first and the last of some passed, and how many they are."""
        return list(self._marks)

    def take(self, now: float, limit: int) -> float:
        """Lets one pass, and returns 0; or does nothing, and returns the seconds until one may.

        Args:
            now: One before that of an earlier call counts as that.
        """
        marks, over = self._marks, now - self._period + _SLACK
        while marks and marks[0][1] <= over:
            self._count -= marks.popleft()[2]
        if self._count >= limit:
            return self._wait(now, limit)
        self._count += 1
        if limit > EXACT and marks and now - marks[-1][0] < self._grain:
            mark = marks[-1]
            if now > mark[1]:
                mark[1] = now
            mark[2] += 1
        else:
            marks.append([now, now, 1])
        return 0.0

    def _wait(self, now: float, limit: int) -> float:
        excess = self._count - limit + 1
        for _, last, count in self._marks:
            excess -= count
            if excess <= 0:
                return max(float(last) + self._period - now, _SLACK)
        return self._period
