"""The fields of an expression, and the values that stand in them."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from airdock.cron.errors import CronError

LAST_YEAR = 2099
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


class Field(NamedTuple):
    """One of the seven fields.

    Attributes:
        name: For messages. low, high: The values that it takes. names: Words for some of them.
        wraps: A range whose end is before its beginning goes over the end of the field.
    """

    name: str
    low: int
    high: int
    names: Mapping[str, int] = {}
    wraps: bool = True

    @property
    def expected(self) -> str:
        """`a number from 1 to 12, or JAN to DEC`."""
        words = list(self.names)
        return f"a number from {self.low} to {self.high}" + (f", or {words[0]} to {words[-1]}" if words else "")


SECONDS = Field("seconds", 0, 59)
MINUTES = Field("minutes", 0, 59)
HOURS = Field("hours", 0, 23)
DAY_OF_MONTH = Field("day of month", 1, 31)
MONTH = Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)})
DAY_OF_WEEK = Field("day of week", 1, 7, {name: number for number, name in enumerate(_DAYS, 1)})
YEAR = Field("year", 1970, LAST_YEAR, wraps=False)
FIELDS = (SECONDS, MINUTES, HOURS, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)


def values_of(field: Field, item: str, offset: int) -> list[int]:
    """The values of one entry of a field's list: `*`, `5`, `MON-FRI`, `22-2`, `5/15`, `/5`, `10-40/10`.

    Args:
        item: The entry in capitals. offset: Where it stands, for messages.

    Raises:
        CronError: it is none.
    """
    span, slash, step = item.partition("/")
    stride = _stride(field, step, offset + len(span) + 1) if slash else 1
    if span == "*" or (slash and not span):
        return list(range(field.low, field.high + 1, stride))
    first, dash, last = span.partition("-")
    start = value_of(field, first, offset)
    end = field.high if slash else start
    if dash:
        end = value_of(field, last, offset + len(first) + 1)
    if end >= start:
        return list(range(start, end + 1, stride))
    if not field.wraps:
        raise CronError(f"the years {span} go backwards", offset, f"did you mean '{last}-{first}'?")
    size = field.high - field.low + 1
    return [(value - field.low) % size + field.low for value in range(start, end + size + 1, stride)]


def value_of(field: Field, word: str, offset: int) -> int:
    """The number that a word stands for.

    Raises:
        CronError: it stands for none of the field's.
    """
    if word.isascii() and word.isdigit():
        number = int(word)
        if field.low <= number <= field.high:
            return number
        message = f"{field.name} must be {field.expected}, not {word}"
        raise CronError(message, offset, _counted(field, number))
    named = field.names.get(word)
    if named is not None:
        return named
    if not word:
        raise CronError(f"{field.name}: something is missing here: {field.expected}", offset)
    raise CronError(f"{field.name} must be {field.expected}, not '{word[:20]}'", offset, _meant(field, word))


def _stride(field: Field, step: str, offset: int) -> int:
    if not (step.isascii() and step.isdigit()):
        raise CronError(f"{field.name}: '/' must be followed by a number", offset)
    # A step that is as long as the field, or longer, would only be its first value.
    most = field.high if field.low else field.high - field.low
    if 1 <= int(step) <= most:
        return int(step)
    raise CronError(f"{field.name}: the step behind '/' must be from 1 to {most}, not {step}", offset)


def _counted(field: Field, number: int) -> str:
    if field is DAY_OF_WEEK and number == 0:
        return "days are counted from 1, which is SUN, to 7, which is SAT"
    if field is HOURS and number == 24:
        return "midnight is 0"
    return "minutes and seconds end at 59" if field.high == 59 else ""


def _meant(field: Field, word: str) -> str:
    near = next((name for name in field.names if word.startswith(name)), "")
    near = near or next(iter(get_close_matches(word[:20], field.names, n=1, cutoff=0.5)), "")
    if near:
        return f"did you mean '{near}'?"
    if word == "?":
        return "'?' is for day of month or day of week; '*' is any value"
    if word in ("L", "W", "LW"):
        return "'L' is for day of month and day of week, 'W' for day of month"
    return ""
