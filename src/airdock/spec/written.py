"""How an author writes a value that the reader turned into something else."""

from typing import Any

from airdock.spec.kinds import Duration, Kind, Size

_DURATIONS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_SIZES = {"GB": 1024**3, "MB": 1024**2, "KB": 1024}
_JSON = (str, int, float, bool, list, dict)


def written(kind: Kind, value: Any) -> Any:
    """The JSON that stands for a value of a kind: `"1s"` for the duration `1.0`; None where there is none."""
    if not isinstance(value, _JSON) or value in ("", [], {}):
        return None
    if isinstance(kind, Duration) and isinstance(value, int | float):
        return _duration(float(value))
    if isinstance(kind, Size) and isinstance(value, int):
        return _size(value)
    return value


def _duration(seconds: float) -> str:
    for unit, length in _DURATIONS.items():
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:.12g}{unit}"
    return f"{seconds * 1000:.12g}ms" if seconds else "0s"


def _size(size: int) -> str:
    for unit, length in _SIZES.items():
        if size >= length and size % length == 0:
            return f"{size // length}{unit}"
    return f"{size}B"
