"""Durations (`"250ms"`, `"5m"`) and sizes (`"64KB"`) as descriptors write them."""

import re

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(B|KB|MB|GB)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


def parse_duration(text: str) -> float:
    """The seconds of a duration such as `"250ms"`, `"30s"`, `"5m"`, `"2h"`, `"1d"`.

    Raises:
        ValueError: the text is not a number followed by one of these units.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'{text!r} is not a duration: write a number and a unit, such as "250ms", "30s" or "5m"')
    return float(match[1]) * _SECONDS[match[2]]


def parse_size(text: str) -> int:
    """The bytes of a size such as `"64KB"` or `"10MB"` (1 KB is 1024 bytes).

    Raises:
        ValueError: the text is not a number followed by `B`, `KB`, `MB` or `GB`.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'{text!r} is not a size: write a number and a unit, such as "64KB" or "10MB"')
    return int(float(match[1]) * _BYTES[match[2]])


def format_duration(seconds: float) -> str:
    """A duration for people: `"850 µs"`, `"12.3 ms"`, `"1.24 s"`, `"2 m 5 s"`."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.1f} ms"
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} m {rest} s"
