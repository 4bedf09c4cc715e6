"""A small, masked copy of a value of any size: what of an exchange is stored."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from airdock.runlog.masking import MASK, Masker

_MARGIN = 4096
_END_OF_HOST = re.compile(r"[\s/\"'<>@]")
_DEEPEST = 32
_LARGEST_INTEGER = 512
_LONGEST_PLAIN_NAME = 100
_PLAIN = (date, datetime, time, Decimal, UUID)


def short_text(masker: Masker, text: str, limit: int) -> str:
    """The text, masked and cut to about `limit` characters.

    It is cut behind a margin first, so that a long text costs no more than a short one and a secret across the cut is
    still seen.
    """
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    size = len(text)
    if size > limit + _MARGIN:
        text = _without_open_address(text[: limit + _MARGIN])
    text = masker.text(text)
    if len(text) <= limit and size <= limit + _MARGIN:
        return text
    return f"{text[:limit]}… ({size} characters)"


def _without_open_address(text: str) -> str:
    """Leaves out a URL that the cut went through: where its user part would end cannot be known."""
    start = text.rfind("://")
    return text if start < 0 or _END_OF_HOST.search(text, start + 3) else text[:start]


def preview(masker: Masker, value: Any, limit: int) -> Any:
    """A copy of `value` that JSON can hold, masked and of about `limit` characters. Never raises."""
    try:
        return _Copy(masker, limit).of(value, 0)
    except Exception as error:  # noqa: BLE001 -- a value of a script may raise anything when it is looked at
        return f"<unreadable: {type(error).__name__}>"


class _Copy:
    """Copies until `left` characters are used up."""

    def __init__(self, masker: Masker, limit: int) -> None:
        self._masker = masker
        self._left = limit

    def of(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | float):
            self._left -= 8
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, int):
            return self._integer(value)
        if isinstance(value, bytes | bytearray | memoryview):
            return f"<bytes, {memoryview(value).nbytes}>"
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple | set | frozenset):
            return self._sequence(value, depth)
        return str(value) if isinstance(value, _PLAIN) else f"<{type(value).__name__}>"

    def _text(self, value: str) -> str:
        text = short_text(self._masker, value, max(self._left, 0))
        self._left -= len(text) + 2
        return text

    def _name(self, name: str) -> str:
        if len(name) > _LONGEST_PLAIN_NAME or not (name.isascii() and name.isidentifier()):
            return self._text(name)
        self._left -= len(name) + 3
        return name

    def _integer(self, value: int) -> int | str:
        self._left -= 8 + value.bit_length() // 4
        return int(value) if value.bit_length() <= _LARGEST_INTEGER else f"<integer, {value.bit_length()} bits>"

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Any:
        if depth >= _DEEPEST:
            return f"<object, {len(value)} fields>"
        copy: dict[str, Any] = {}
        named = self._names_a_secret(value)
        for name, each in islice(value.items(), max(self._left, 0)):
            if self._left <= 0:
                break
            text = name if isinstance(name, str) else str(self.of(name, _DEEPEST))
            hidden = each is not None and (self._masker.is_secret(text) or (named and text.lower() == "value"))
            copy[self._name(text)] = MASK if hidden else self.of(each, depth + 1)
        if len(copy) < len(value):
            copy["…"] = f"{len(value) - len(copy)} more"
        return copy

    def _sequence(self, value: Any, depth: int) -> Any:
        if depth >= _DEEPEST:
            return f"<list, {len(value)} items>"
        copy: list[Any] = []
        pair = list(value) if len(value) == 2 else []
        if pair and isinstance(pair[0], str) and pair[1] is not None and self._masker.is_secret(pair[0]):
            return [self._text(pair[0]), MASK]
        for each in islice(value, max(self._left, 0)):
            if self._left <= 0:
                break
            self._left -= 1
            copy.append(self.of(each, depth + 1))
        if len(copy) < len(value):
            copy.append(f"… {len(value) - len(copy)} more")
        return copy

    def _names_a_secret(self, value: Mapping[Any, Any]) -> bool:
        """Whether it is a pair such as `{"name": "Authorization", "value": "…"}`."""
        name = value.get("name") or value.get("key")
        return isinstance(name, str) and len(value) <= 4 and self._masker.is_secret(name)
