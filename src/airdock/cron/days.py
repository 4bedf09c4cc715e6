"""The days of a month on which an expression fires."""

from calendar import monthrange
from functools import lru_cache
from typing import NamedTuple

_SATURDAY, _SUNDAY = 5, 6


class MonthDay(NamedTuple):
    """A rule of the day of month beyond plain numbers.

    Attributes:
        day: Its number; None for the last of the month. back: So many days before. weekday: The working day, Monday to
            Friday, of the same month that is nearest to it.
    """

    day: int | None
    back: int = 0
    weekday: bool = False

    def on(self, weekday_of_first: int, length: int) -> int | None:
        """The day that it is in a month; None when the month has no such day."""
        day = (length if self.day is None else self.day) - self.back
        if not 1 <= day <= length:
            return None
        if not self.weekday:
            return day
        of_week = (weekday_of_first + day - 1) % 7
        if of_week == _SATURDAY:
            return day - 1 if day > 1 else day + 2
        if of_week == _SUNDAY:
            return day + 1 if day < length else day - 2
        return day


class Days(NamedTuple):
    """The days of a month: by their number, or by their place in the week.

    Attributes:
        numbers: Plain days of month. rules: Further ones.
        of_week: Days of the week, Monday 0. which: Only the how manieth of the month; 0 for every, -1 for the last.
    """

    numbers: frozenset[int] = frozenset()
    rules: tuple[MonthDay, ...] = ()
    of_week: frozenset[int] = frozenset()
    which: int = 0

    def of(self, year: int, month: int) -> tuple[int, ...]:
        """The days on which it fires, in order."""
        return _days(self, *monthrange(year, month))


@lru_cache(maxsize=4096)
def _days(days: Days, weekday_of_first: int, length: int) -> tuple[int, ...]:
    found = {day for day in days.numbers if day <= length}
    found.update(day for rule in days.rules if (day := rule.on(weekday_of_first, length)) is not None)
    if days.of_week:
        each = (day for day in range(1, length + 1) if (weekday_of_first + day - 1) % 7 in days.of_week)
        found.update(day for day in each if _counts(days.which, day, length))
    return tuple(sorted(found))


def _counts(which: int, day: int, length: int) -> bool:
    if which == 0:
        return True
    return day + 7 > length if which < 0 else (day - 1) // 7 + 1 == which
