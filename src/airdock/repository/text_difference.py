"""What differs between two sides, file by file and line by line."""

import io
import re
import time
from collections.abc import Mapping
from difflib import unified_diff
from typing import Literal

import msgspec

from airdock.repository.difference import Difference

MAX_LINES = 5000
"""Lines of a file in which a change is looked for, those at its beginning and end that are the same left out."""
MAX_TEXT = 1024 * 1024
"""Characters of all texts together."""
MAX_SECONDS = 5.0
"""After so long files that are left have no text."""

_CONTEXT = 3
_HUNK = re.compile(r"( [-+])(\d+)")
_NO_NEWLINE = "\\ No newline at end of file\n"

Change = Literal["added", "changed", "removed"]


class FileDifference(msgspec.Struct, frozen=True):
    """A file that is not the same on both sides.

    Attributes:
        text: A unified diff; None for content that is not text, and where it would become too large.
    """

    path: str
    change: Change
    text: str | None


def changes(difference: Difference) -> list[tuple[str, Change]]:
    """Each path and what became of it, sorted by path."""
    found: list[tuple[str, Change]] = [(path, "added") for path in difference.added]
    found += [(path, "changed") for path in difference.changed]
    found += [(path, "removed") for path in difference.removed]
    return sorted(found)


def compare_texts(
    difference: Difference, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> list[FileDifference]:
    """The differences of the files that a difference names, sorted by path.

    Args:
        before, after: The contents of both sides; those that are named must be there.
    """
    until = time.monotonic() + MAX_SECONDS
    left = MAX_TEXT
    found = []
    for path, change in changes(difference):
        text = _diff(path, before.get(path), after.get(path), left) if time.monotonic() < until else None
        left -= len(text or "")
        found.append(FileDifference(path, change, text))
    return found


def _diff(path: str, before: bytes | None, after: bytes | None, longest: int) -> str | None:
    old, new = _lines(before), _lines(after)
    if old is None or new is None:
        return None
    start, end = _around(old, new)
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(old), len(new)) > MAX_LINES:
        return None
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    text = "".join(_line(line, start) for line in unified_diff(old, new, *names, n=_CONTEXT))
    return text if len(text) <= longest else None


def _lines(content: bytes | None) -> list[str] | None:
    """The lines of a text, each with its end; None for what is no text."""
    if content is None:
        return []
    if b"\0" in content:
        return None
    try:
        return io.StringIO(content.decode(), newline="\n").readlines()
    except UnicodeDecodeError:
        return None


def _around(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines to leave out at the beginning and at the end, as they are the same and no context either.

    What compares the rest takes the square of its lines, in the worst case more.
    """
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    end = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
    return max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)


def _line(line: str, left_out: int) -> str:
    if line.startswith("@@"):
        return _HUNK.sub(lambda found: f"{found[1]}{int(found[2]) + left_out}", line)
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"
