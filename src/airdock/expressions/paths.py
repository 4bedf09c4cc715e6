"""Expressions that only name a value (`body.order.id`) are read directly: exactly, and without the library."""

import re
from typing import Any

from airdock.copying import ATOMS, copy_value
from airdock.response import ABSENT

_PATH = re.compile(r"\s*(?:[A-Za-z_]\w*|`[^`]+`)(?:\s*\.\s*(?:[A-Za-z_]\w*|`[^`]+`))*\s*", re.ASCII)
_NAME = re.compile(r"`([^`]+)`|([A-Za-z_]\w*)", re.ASCII)
_WORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})

ELSEWHERE: Any = object()
"""What `read_path` answers when JSONata's own rules (lists on the way, unusual types) must decide."""


def path_of(source: str) -> tuple[str, ...] | None:
    """The names of a source that is nothing but a path of names; None for any other."""
    if _PATH.fullmatch(source) is None:
        return None
    names = [(quoted or plain, bool(quoted)) for quoted, plain in _NAME.findall(source)]
    if any(name in _WORDS and not quoted for name, quoted in names):
        return None
    return tuple(name for name, _ in names)


def read_path(document: dict[str, Any], path: tuple[str, ...]) -> Any:
    """The value at the path, a copy if it can be changed; None if it is missing; else `ELSEWHERE`."""
    value = find_path(document, path)
    return value if type(value) in ATOMS else copy_value(value)


def find_path(document: dict[str, Any], path: tuple[str, ...]) -> Any:
    """The value at the path, itself; None if it is missing; else `ELSEWHERE`."""
    value: Any = document
    for name in path:
        if isinstance(value, dict):
            # Headers answer any case; JSONata does not, and an expression must not depend on how it is evaluated.
            value = dict.get(value, name, ABSENT)
            if value is ABSENT:
                return None
        elif type(value) in ATOMS or type(value) is float:
            return None
        else:
            return ELSEWHERE
    return value
