"""A cron expression as sets of values, and the wall times that they make."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime

from airdock.cron.days import Days

_HOURS_OF_DAY = 24


class CronExpression:
    """A Quartz cron expression. It knows wall times only; `next_fire` knows time zones.

    Attributes:
        text: As it was written. every_hour: It fires in every hour of its days.
    """

    __slots__ = ("_days", "_hours", "_minutes", "_months", "_seconds", "_years", "every_hour", "text")

    def __init__(
        self,
        text: str,
        seconds: Iterable[int],
        minutes: Iterable[int],
        hours: Iterable[int],
        days: Days,
        months: Iterable[int],
        years: Iterable[int],
    ) -> None:
        self.text = text
        self._seconds = sorted(set(seconds))
        self._minutes = sorted(set(minutes))
        self._hours = sorted(set(hours))
        self._days = days
        self._months = sorted(set(months))
        self._years = sorted(set(years))
        self.every_hour = len(self._hours) == _HOURS_OF_DAY

    def __repr__(self) -> str:
        return f"CronExpression({self.text!r})"

    @property
    def normal(self) -> str:
        """The text without what makes no difference: blanks and case."""
        return " ".join(self.text.upper().split())

    def next_wall(self, start: datetime) -> datetime | None:
        """The first time at or behind a whole second; None when there is none until the last year."""
        for year, month, day in self._dates(start):
            if (year, month, day) != (start.year, start.month, start.day):
                return datetime(year, month, day, self._hours[0], self._minutes[0], self._seconds[0])
            time = self._time(start.hour, start.minute, start.second)
            if time is not None:
                return datetime(year, month, day, *time)
        return None

    def _dates(self, start: datetime) -> Iterator[tuple[int, int, int]]:
        for year in self._years[bisect_left(self._years, start.year) :]:
            for month in self._months:
                if (year, month) < (start.year, start.month):
                    continue
                first = start.day if (year, month) == (start.year, start.month) else 1
                yield from ((year, month, day) for day in self._days.of(year, month) if day >= first)

    def _time(self, hour: int, minute: int, second: int) -> tuple[int, int, int] | None:
        """The first time of a day at or behind one."""
        if hour in self._hours:
            if minute in self._minutes:
                at = bisect_left(self._seconds, second)
                if at < len(self._seconds):
                    return hour, minute, self._seconds[at]
            at = bisect_left(self._minutes, minute + 1)
            if at < len(self._minutes):
                return hour, self._minutes[at], self._seconds[0]
        at = bisect_left(self._hours, hour + 1)
        return (self._hours[at], self._minutes[0], self._seconds[0]) if at < len(self._hours) else None
