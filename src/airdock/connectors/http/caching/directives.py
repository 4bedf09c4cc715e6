"""What `Cache-Control` says (RFC 9111, 5.2)."""

import re
from typing import Any

LONGEST = 2**31
"""A number of seconds that stands for ever: larger ones are read as it."""

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_DIRECTIVE = re.compile(rf'\s*({_WORD})\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^,]*))?', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Directives:
    """The directives of a request or an answer, by their lower-case names; of one that comes twice, the first."""

    __slots__ = ("_values",)

    def __init__(self, header: Any) -> None:
        """`header`: the value of `Cache-Control`, the list of its values, or None.

        What cannot be read as a directive is left out; one with something behind it counts as given.
        """
        text = ", ".join(header) if isinstance(header, list) else header or ""
        values = self._values = dict[str, str]()
        start = 0
        while start < len(text):
            found = _DIRECTIVE.match(text, start)
            if found is not None:
                values.setdefault(found[1].lower(), _unquoted(found[2] or ""))
                start = found.end()
            comma = text.find(",", start)
            start = len(text) if comma < 0 else comma + 1

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def seconds(self, name: str) -> int | None:
        """The time that a directive gives; None where it is not there, 0 where it is no number of seconds."""
        value = self._values.get(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdecimal()):
            return 0
        return LONGEST if len(value) > 10 else min(int(value), LONGEST)

    def fields(self, name: str) -> frozenset[str] | None:
        """The headers that a directive is limited to, in lower case; empty: it means all. None: it is not there."""
        value = self._values.get(name)
        return None if value is None else frozenset(value.lower().replace(",", " ").split())


def _unquoted(value: str) -> str:
    if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip()
