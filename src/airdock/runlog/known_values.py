"""Values that are known to be secret, wherever they stand in a text."""

import json
from collections.abc import Callable
from os.path import commonprefix
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters of a value that is looked for: shorter ones stand in texts by chance."""
_HEAD = 1024
"""A text may be cut within a value: so much of its beginning is enough to find it."""


class KnownValues:
    """Finds values as they are, and as they are written inside JSON texts and addresses."""

    def __init__(self, values: Callable[[], tuple[str, ...]]) -> None:
        """
        Args:
            values: Gives the values known at the moment: the same object until there are others.
        """
        self._values = values
        self._prepared: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def masked(self, text: str, mask: str) -> str:
        """The text with `mask` in the place of each value."""
        values = self._values()
        if not values:
            return text
        prepared = self._prepared
        if prepared[0] is not values:
            prepared = self._prepared = (values, _forms(values))
        for form in prepared[1]:
            text = _without(text, form, mask)
        return text


def _forms(values: tuple[str, ...]) -> tuple[str, ...]:
    """How the values may be written; the longest first, as one may be a part of another."""
    long = [value for value in values if len(value) >= SHORTEST]
    forms = {form for value in long for form in (value, *_in_json(value), *_in_address(value))}
    return tuple(sorted(forms, key=len, reverse=True))


def _in_json(value: str) -> tuple[str, str]:
    return json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]


def _in_address(value: str) -> tuple[str, str, str]:
    return quote(value), quote(value, ""), quote_plus(value)


def _without(text: str, value: str, mask: str) -> str:
    if len(value) <= _HEAD:
        return text.replace(value, mask)
    parts: list[str] = []
    done = 0
    found = text.find(value[:_HEAD])
    while found >= 0:
        parts += (text[done:found], mask)
        done = found + len(commonprefix((value, text[found : found + len(value)])))  # noqa: RUF071 -- characters are meant
        found = text.find(value[:_HEAD], done)
    return "".join((*parts, text[done:]))
