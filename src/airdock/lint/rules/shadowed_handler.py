"""Entries of `onError` and `catch` that never take an error."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject
from airdock.spec.descriptors import Project
from airdock.spec.flow import Flow
from airdock.steps.try_ import Try

CODE = "lint.shadowedHandler"
_STATUS = "http."


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    for element in subject.elements:
        if isinstance(element, Flow | Project):
            yield from _shadowed("onError", element.on_error)
        elif isinstance(element, Try):
            yield from _shadowed("catch", element.catch)


def _shadowed(field: str, entries: Sequence[Any]) -> Iterator[Finding]:
    taken: list[tuple[str, int]] = []
    for entry in entries:
        patterns = entry.on or ["*"]
        lines = [_taker(pattern, taken) for pattern in patterns]
        if all(lines):
            message = f"no error reaches this entry of `{field}`: the one in line {max(lines)} takes it"
            yield Finding(message, entry.place)
        elif entry.when is None:
            taken += [(pattern, entry.place.line) for pattern in patterns]


def _taker(pattern: str, taken: list[tuple[str, int]]) -> int:
    """The line of an entry that takes every error that a pattern takes; 0 for none."""
    return next((line for other, line in taken if covers(other, pattern)), 0)


def covers(wide: str, narrow: str) -> bool:
    """Whether a pattern of `on` takes every error that another one takes, as far as that is plain to see."""
    if wide in ("*", narrow):
        return True
    if narrow.startswith(_STATUS):
        if not wide.startswith(_STATUS):
            return False
        return _covers(wide.removeprefix(_STATUS).replace("x", "?"), narrow.removeprefix(_STATUS).replace("x", "?"))
    return _covers(wide, narrow)


def _covers(wide: str, narrow: str) -> bool:
    if any(char in narrow for char in "*?["):
        head = wide.removesuffix("*")
        return wide.endswith("*") and not any(char in head for char in "*?[") and narrow.startswith(head)
    return fnmatchcase(narrow, wide)
