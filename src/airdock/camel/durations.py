"""Camel's times and Quartz expressions of timers."""

import re
from typing import Any

from airdock.camel.notes import UntranslatableError

_PART = re.compile(r"(\d+)(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(value: Any) -> float:
    """A time in Camel's notation: milliseconds, or with units (`1m30s`).

    Raises:
        UntranslatableError: it is none.
    """
    text = str(value).replace(" ", "")
    if text.lstrip("-").isdigit():
        return int(text) / 1000
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text or not all(unit for _, unit in parts):
        raise UntranslatableError(f"{value!r} is no time that can be read")
    return sum(int(number) * _SECONDS[unit] for number, unit in parts)


def duration(value: Any) -> str:
    """The same as a descriptor writes it: `"1500ms"`, `"30s"`."""
    return written(seconds(value))


def written(time: float) -> str:
    """Seconds as a descriptor writes them."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        if time and time % size == 0:
            return f"{int(time // size)}{unit}"
    return f"{round(time * 1000)}ms"


def quartz(time: float) -> str:
    """A Quartz expression that fires at this interval.

    Raises:
        UntranslatableError: no Quartz expression does: the interval is none that divides a minute, an hour or a day.
    """
    whole = int(time)
    if whole == time and whole > 0:
        if whole < 60 and 60 % whole == 0:
            return f"0/{whole} * * * * ?"
        if whole % 60 == 0 and (minutes := whole // 60) < 60 and 60 % minutes == 0:
            return f"0 0/{minutes} * * * ?"
        if whole % 3600 == 0 and (hours := whole // 3600) < 24 and 24 % hours == 0:
            return f"0 0 0/{hours} * * ?"
        if whole == 86400:
            return "0 0 0 * * ?"
    raise UntranslatableError(f"no Quartz expression fires every {time:g} s: choose one")
