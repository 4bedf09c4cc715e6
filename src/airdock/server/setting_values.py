"""Values of settings, as options and environment variables give them."""

import os
from pathlib import Path
from typing import Any

import msgspec

from airdock.errors import AirdockError
from airdock.units import parse_duration, parse_size


class SettingsError(AirdockError):
    """A setting has a value that cannot be used. `setting` is its name, the message a sentence for the operator."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


def value_of(name: str, value: Any, kind: Any, unit: str | None, label: str) -> Any:
    """The value of a setting.

    Args:
        kind: The type that it is declared with. unit: `bytes` or `seconds`, whose texts may have units; None for none.
        label: How messages call it, such as the environment variable.

    Raises:
        SettingsError: it is not of the type, or outside its range.
    """
    try:
        if isinstance(value, str):
            value = _measure(value.strip(), unit)
        return msgspec.convert(value, kind, strict=False, dec_hook=_path)
    except (ValueError, msgspec.ValidationError) as error:
        raise SettingsError(name, f"{label}: {error}") from None


def _measure(text: str, unit: str | None) -> Any:
    """The number of a text with a unit; a bare number, or a setting without a unit, stays a text."""
    if unit is None or text.replace(".", "", 1).isdigit():
        return text
    return parse_size(text) if unit == "bytes" else parse_duration(text)


def _path(wanted: type, value: Any) -> Any:
    if wanted is Path and isinstance(value, str | os.PathLike):
        return Path(value)
    raise ValueError(f"expected a path, got {type(value).__name__}")
