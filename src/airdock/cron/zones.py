"""The times at which an expression fires in a time zone.

Where the clock is put forward, times that it never shows do not fire. Where it is put back, it shows some times twice:
an expression for every hour fires at both, any other one at the first only.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from airdock.cron.expression import CronExpression

_SECOND = timedelta(seconds=1)


class _Shift(NamedTuple):
    """A change of the clock: `start` to `end` are wall times that it passes over, or shows twice."""

    start: datetime
    end: datetime
    forward: bool


def next_fire(expression: CronExpression, after: float, zone: ZoneInfo) -> float | None:
    """The first Unix time behind one at which an expression fires; None when there is none any more."""
    try:
        local = datetime.fromtimestamp(math.floor(after) + 1, zone)
    except (OverflowError, ValueError, OSError):
        return None
    wall = local.replace(tzinfo=None, fold=0)
    shift = _shift(wall, zone)
    if local.fold and shift is not None:
        found = expression.next_wall(wall) if expression.every_hour else None
        if found is not None and found < shift.end:
            return _instant(found, zone, 1)
        wall = max(wall, shift.end)
    elif shift is not None and expression.every_hour:
        # The times that come twice are gone through once, and once more.
        found = expression.next_wall(wall)
        if found is None or found >= shift.end:
            again = expression.next_wall(shift.start)
            if again is not None and again < shift.end:
                return _instant(again, zone, 1)
    return _first(expression, wall, zone)


def next_fires(expression: CronExpression, after: float, zone: ZoneInfo) -> Iterator[float]:
    """All Unix times behind one at which an expression fires, in order."""
    found = next_fire(expression, after, zone)
    while found is not None:
        yield found
        found = next_fire(expression, found, zone)


def _first(expression: CronExpression, wall: datetime, zone: ZoneInfo) -> float | None:
    while (found := expression.next_wall(wall)) is not None:
        shift = _shift(found, zone)
        if shift is None or not shift.forward:
            return _instant(found, zone, 0)
        wall = shift.end
    return None


def _instant(wall: datetime, zone: ZoneInfo, fold: int) -> float:
    return wall.replace(tzinfo=zone, fold=fold).timestamp()


def _shift(wall: datetime, zone: ZoneInfo) -> _Shift | None:
    """The change of the clock that a wall time falls into; None for one that comes once."""
    before = wall.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    after = wall.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    if before == after:
        return None
    at = _transition(min(wall - before, wall - after), max(wall - before, wall - after), zone, before)
    start, end = sorted((at + before, at + after))
    return _Shift(start, end, after > before)


def _transition(low: datetime, high: datetime, zone: ZoneInfo, before: timedelta) -> datetime:
    """When the offset changes, in UTC: the first second between the two that has another one than before."""
    first, last = 0, (high - low) // _SECOND
    while first < last:
        middle = (first + last) // 2
        if (low + middle * _SECOND).replace(tzinfo=UTC).astimezone(zone).utcoffset() == before:
            first = middle + 1
        else:
            last = middle
    return low + first * _SECOND
