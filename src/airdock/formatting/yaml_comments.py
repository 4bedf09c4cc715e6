"""Where the comments of a YAML text stand, and which part each belongs to."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from airdock.formatting.parts import BLANK, Document, Entry, Value, settle_intro

_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*")
_ONLY_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)*")


class Comment(NamedTuple):
    """A comment: its text, where it begins, its column from 0, and whether nothing stands in front of it."""

    text: str
    offset: int
    column: int
    is_alone: bool


@dataclass(frozen=True)
class Scan:
    """The comments of a text.

    Attributes:
        kept: Spans of texts whose last empty lines are part of them.
    """

    text: str
    comments: list[Comment]
    kept: list[tuple[int, int]]

    def follows_blank(self, offset: int) -> bool:
        """Whether an empty line stands above the line of an offset, and is not part of a text."""
        begin = self.text.rfind("\n", 0, offset)
        above = self.text.rfind("\n", 0, begin) if begin > 0 else -1
        if begin <= 0 or self.text[above + 1 : begin].strip():
            return False
        return not any(start < begin <= end for start, end in self.kept)


def scan_comments(text: str, inside: range, spans: list[tuple[int, int]], kept: list[tuple[int, int]]) -> Scan:
    """The comments that are in none of the spans of scalars.

    Args:
        inside: The offsets of the document itself; comments in front of it are passed over.
    """
    spans = sorted(spans)
    starts = [start for start, _ in spans]
    found = []
    for match in _COMMENT.finditer(text, inside.start):
        place = bisect_right(starts, match.start()) - 1
        if place >= 0 and match.start() < spans[place][1]:
            continue
        line = text.rfind("\n", 0, match.start()) + 1
        is_alone = match.start() >= inside.stop or _ONLY_DASHES.fullmatch(text, line, match.start()) is not None
        column = 0 if match.start() >= inside.stop else match.start() - line
        found.append(Comment(match[0].rstrip(), match.start(), column, is_alone))
    return Scan(text, found, kept)


class _Place(NamedTuple):
    entry: Entry
    holder: Value
    is_first: bool


def attach(document: Document, scan: Scan) -> None:
    """Gives each comment, and each empty line, to the part that it belongs to."""
    places = list(_places(document.root))
    starts = [place.entry.start for place in places]
    for comment in scan.comments:
        nearest = bisect_right(starts, comment.offset)
        if comment.is_alone or nearest == 0 or not _attach_beside(document.root, comment, places[nearest - 1]):
            _attach_alone(document, scan, comment, places, nearest)
    seen = set()
    for place in places:
        if place.entry.start not in seen and scan.follows_blank(place.entry.start):
            place.entry.before.append(BLANK)
        seen.add(place.entry.start)
    for value in {id(place.holder): place.holder for place in places}.values():
        settle_intro(value)


def _places(value: Value) -> Iterator[_Place]:
    """Every entry in the order of the text, each in front of those inside it."""
    for number, entry in enumerate(value.entries or ()):
        yield _Place(entry, value, number == 0)
        yield from _places(entry.value)


def _attach_beside(root: Value, comment: Comment, place: _Place) -> bool:
    """Gives a comment to what it stands behind; False where that has one already."""
    value = place.entry.value
    if value.entries and comment.offset < value.entries[0].start:
        value.head, is_free = value.head or comment.text, not value.head
        return is_free
    owner = _closed_around(root, place.entry, comment.offset)
    owner.after, is_free = owner.after or comment.text, not owner.after
    return is_free


def _closed_around(root: Value, entry: Entry, offset: int) -> Entry:
    """The outermost entry that ends with this one in front of an offset, in brackets that are closed there."""
    found = entry
    for place in _places(root):
        value = place.entry.value
        if value.flow and value.start <= entry.start < value.end <= offset:
            return place.entry
    return found


def _attach_alone(document: Document, scan: Scan, comment: Comment, places: list[_Place], nearest: int) -> None:
    lines = [BLANK, comment.text] if scan.follows_blank(comment.offset) else [comment.text]
    following = places[nearest] if nearest < len(places) else None
    around = _brackets_around(places, comment.offset)
    if around is not None and (following is None or following.entry.start >= around.end):
        around.tail += lines
    elif following is None:
        _tail(document, comment, lines)
    elif following.is_first:
        following.entry.before += lines
    else:
        holder = following.holder
        before = holder.entries[holder.entries.index(following.entry) - 1] if holder.entries else None
        inner = _deepest(before.value, comment.column) if before and comment.column > holder.column else None
        if inner is not None and not holder.flow:
            inner.tail += lines
        else:
            following.entry.before += lines


def _brackets_around(places: list[_Place], offset: int) -> Value | None:
    """The innermost value in brackets that an offset is in."""
    values = (place.entry.value for place in reversed(places))
    return next((value for value in values if value.flow and value.start < offset < value.end), None)


def _tail(document: Document, comment: Comment, lines: list[str]) -> None:
    root = document.root
    inner = None
    if root.entries and comment.column > root.column:
        inner = _deepest(root.entries[-1].value, comment.column)
    if inner is not None:
        inner.tail += lines
    else:
        document.tail += lines


def _deepest(value: Value, column: int) -> Value | None:
    """The innermost block at the end of a value to which a comment of that column belongs."""
    found = None
    while value.entries:
        if not value.flow and value.column <= column:
            found = value
        value = value.entries[-1].value
    return found
