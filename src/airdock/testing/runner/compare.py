"""Whether values are what was expected, and how they differ."""

import difflib
from collections.abc import Iterator
from typing import Any

import msgspec

_MOST = 30
"""Lines of a difference that are shown."""


def same(expected: Any, actual: Any) -> bool:
    """Whether two JSON values are equal; a number is never equal to a boolean, bytes are as the text that they hold."""
    return _compared(expected, actual, whole=True)


def like(expected: Any, actual: Any) -> bool:
    """The same, but objects may have more than is expected."""
    return _compared(expected, actual, whole=False)


def _compared(expected: Any, actual: Any, whole: bool) -> bool:
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or (whole and expected.keys() != actual.keys()):
            return False
        return all(name in actual and _compared(each, actual[name], whole) for name, each in expected.items())
    if isinstance(expected, list):
        if not isinstance(actual, list | tuple) or len(expected) != len(actual):
            return False
        return all(_compared(each, found, whole) for each, found in zip(expected, actual, strict=True))
    if isinstance(actual, bytes | bytearray):
        return isinstance(expected, str) and expected.encode() == bytes(actual)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return bool(expected == actual)


def difference(expected: Any, actual: Any) -> list[str]:
    """Lines with `-` for what was expected and `+` for what there is, and some around them."""
    if not (_is_long(expected) or _is_long(actual)):
        return [f"- {shown(expected)}", f"+ {shown(actual)}"]
    lines = list(_differing(_lines(expected), _lines(actual)))
    return lines if len(lines) <= _MOST else [*lines[:_MOST], f"… {len(lines) - _MOST} more lines"]


def _is_long(value: Any) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and "\n" in value)


def _differing(expected: list[str], actual: list[str]) -> Iterator[str]:
    for line in difflib.unified_diff(expected, actual, lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        if line.startswith("@@"):
            if not line.startswith("@@ -1"):
                yield "…"
        else:
            yield f"{line[0]} {line[1:]}"


def shown(value: Any) -> str:
    """A value on one line."""
    return value if isinstance(value, str) else _json(value).decode()


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split("\n")
    return msgspec.json.format(_json(value), indent=2).decode().split("\n")


def _json(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=repr)
    except (TypeError, ValueError, RecursionError):
        return msgspec.json.encode(repr(value))
