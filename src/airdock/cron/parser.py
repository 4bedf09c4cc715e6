"""From the text of an expression to its sets of values. The rules are those of Quartz."""

import re
from datetime import datetime
from typing import NamedTuple

from airdock.cron.days import Days, MonthDay
from airdock.cron.errors import CronError
from airdock.cron.expression import CronExpression
from airdock.cron.fields import DAY_OF_MONTH, DAY_OF_WEEK, FIELDS, YEAR, Field, value_of, values_of

LONGEST = 1000
"""Characters of an expression."""
_MOST_BACK = 30
_LAST_DAY = re.compile(r"L(?:-(?P<back>\d+))?(?P<weekday>W)?")
_WEEKDAY = re.compile(r"(?P<day>\d+)W")
_LAST_OF_WEEK = re.compile(r"(?P<day>\d+|[A-Z]{3,})L")
_NTH = re.compile(r"(?P<day>\w+)#(?P<which>.*)")


class _Part(NamedTuple):
    """The text of a field, or of an entry of its list, in capitals, and where it stands."""

    text: str
    offset: int

    @property
    def items(self) -> "list[_Part]":
        found, offset = [], self.offset
        for text in self.text.split(","):
            found.append(_Part(text, offset))
            offset += len(text) + 1
        return found


def parse_cron(text: str) -> CronExpression:
    """Reads a Quartz cron expression: seconds, minutes, hours, day of month, month, day of week and perhaps year.

    Raises:
        CronError: it is none, or it never fires.
    """
    if len(text) > LONGEST:
        raise CronError(f"a cron expression has at most {LONGEST} characters", LONGEST)
    parts = [_Part(match.group().upper(), match.start()) for match in re.finditer(r"\S+", text)]
    _check_count(parts, text)
    seconds, minutes, hours, _, months = (_values(*each) for each in zip(FIELDS[:5], _plain_days(parts), strict=False))
    years = _values(YEAR, parts[6]) if len(parts) > 6 else range(YEAR.low, YEAR.high + 1)
    days = _days(parts[3], parts[5])
    expression = CronExpression(text, seconds, minutes, hours, days, months, years)
    if expression.next_wall(datetime(YEAR.low, 1, 1)) is None:
        raise CronError(f"it never fires: no month that it names has such a day in any year until {YEAR.high}", 0)
    return expression


def _plain_days(parts: list[_Part]) -> list[_Part]:
    """The parts of the first five fields, with any day, as days have rules of their own."""
    return [*parts[:3], _Part("*", 0), parts[4]]


def _check_count(parts: list[_Part], text: str) -> None:
    if 6 <= len(parts) <= 7:
        return
    message = f"a cron expression has 6 or 7 fields, seconds first, not {len(parts)}"
    offset = parts[7].offset if len(parts) > 7 else len(text)
    raise CronError(message, offset, _with_seconds(text) if len(parts) == 5 else "")


def _with_seconds(text: str) -> str:
    """What the author of an expression without seconds most likely means."""
    minutes, hours, day, month, of_week = text.split()
    if of_week in ("*", "?"):
        of_week = "?"
    elif day == "*":
        day = "?"
    meant = f"0 {minutes} {hours} {day} {month} {of_week}"
    try:
        parse_cron(meant)
    except CronError:
        return "put the seconds in front"
    counted = "; days of the week are counted from 1, which is SUN" if any(map(str.isdigit, of_week)) else ""
    return f"did you mean '{meant}'?{counted}"


def _values(field: Field, part: _Part) -> list[int]:
    return [value for item in part.items for value in values_of(field, item.text, item.offset)]


def _days(of_month: _Part, of_week: _Part) -> Days:
    if of_month.text == "?" and of_week.text == "?":
        raise CronError("day of month and day of week cannot both be '?'", of_week.offset, "write '*' in one of them")
    if of_week.text == "?":
        return _days_of_month(of_month)
    if of_month.text == "?":
        return _days_of_week(of_week)
    # As with Quartz, which fires on no union of the two.
    hint = "write '?' as the day of week" if of_week.text == "*" else "write '?' as the day of month"
    message = "day of month and day of week cannot both be given: one of them must be '?'"
    raise CronError(message, of_week.offset if of_week.text == "*" else of_month.offset, hint)


def _days_of_month(part: _Part) -> Days:
    numbers: list[int] = []
    rules: list[MonthDay] = []
    for text, offset in part.items:
        if last := _LAST_DAY.fullmatch(text):
            back = int(last["back"] or 0)
            if back > _MOST_BACK:
                raise CronError(f"day of month: behind 'L-' stands at most {_MOST_BACK}, not {back}", offset + 2)
            rules.append(MonthDay(None, back, last["weekday"] is not None))
        elif near := _WEEKDAY.fullmatch(text):
            rules.append(MonthDay(value_of(DAY_OF_MONTH, near["day"], offset), weekday=True))
        else:
            numbers += values_of(DAY_OF_MONTH, text, offset)
    return Days(frozenset(numbers), tuple(rules))


def _days_of_week(part: _Part) -> Days:
    items = part.items
    days: list[int] = []
    for text, offset in items:
        which = 0
        if text == "L":
            chosen = [DAY_OF_WEEK.high]
        elif last := _LAST_OF_WEEK.fullmatch(text):
            chosen, which = [value_of(DAY_OF_WEEK, last["day"], offset)], -1
        elif nth := _NTH.fullmatch(text):
            chosen, which = (
                [value_of(DAY_OF_WEEK, nth["day"], offset)],
                _which(nth["which"], offset + nth.start("which")),
            )
        else:
            chosen = values_of(DAY_OF_WEEK, text, offset)
        if len(items) > 1 and (which or text == "L"):
            sign = "#" if which > 0 else "L"
            message = f"day of week: an entry with '{sign}' stands alone, not in a list"
            raise CronError(message, offset, "make a job for each")
        days += chosen
    # Quartz counts from Sunday, 1; Python from Monday, 0.
    return Days(of_week=frozenset((day + 5) % 7 for day in days), which=which if len(items) == 1 else 0)


def _which(text: str, offset: int) -> int:
    if len(text) == 1 and text in "12345":
        return int(text)
    raise CronError(f"day of week: '#' must be followed by a number from 1 to 5, not '{text[:20]}'", offset)
