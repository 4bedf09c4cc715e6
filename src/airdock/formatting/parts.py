"""A text in parts: values with the comments that belong to them, whichever notation it is in."""

from dataclasses import dataclass, field

BLANK = ""
"""Stands among comments for an empty line."""


@dataclass(slots=True, eq=False)
class Value:
    """A value as its author wrote it.

    Attributes:
        text: The source of a scalar; of a list or an object what stands in front of it (an anchor, a tag).
        entries: What a list or an object holds; None for a scalar.
        is_object: Whether the entries have keys.
        start: Offset of its first character. end: Offset behind its last. column: From 0, of a list or an object.
        broken: Its author began a line behind its bracket. comma: and wrote a comma behind the last entry.
        flow: Written with brackets. header: The first line of a block scalar; `text` has the rest, without indent.
        head: Comment behind the bracket or key. intro: Comments at the top that are of the whole. tail: Those at the
            end.
    """

    text: str = ""
    entries: "list[Entry] | None" = None
    is_object: bool = False
    start: int = 0
    end: int = 0
    column: int = 0
    broken: bool = False
    comma: bool = False
    flow: bool = False
    header: str = ""
    head: str = ""
    intro: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)

    @property
    def has_comments(self) -> bool:
        """Whether comments belong to it or to something in it."""
        if self.head or self.intro or self.tail:
            return True
        return any(any(entry.before) or entry.after or entry.value.has_comments for entry in self.entries or ())


@dataclass(slots=True, eq=False)
class Entry:
    """A member of an object or an item of a list.

    Attributes:
        key: The source of its name; empty for an item. before: Comments above it, and empty lines. after: Comment
            behind it.
    """

    value: Value
    key: str = ""
    start: int = 0
    before: list[str] = field(default_factory=list)
    after: str = ""


@dataclass(slots=True, eq=False)
class Document:
    """A whole text.

    Attributes:
        root: The value. prefix: Lines in front of all (`---`). before, tail: Comments around the value.
    """

    root: Value
    prefix: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


def settle_intro(value: Value) -> None:
    """Comments at the top with an empty line below them are of the whole, and stay at the top."""
    if value.entries and BLANK in value.entries[0].before[1:]:
        before = value.entries[0].before
        end = len(before) - before[::-1].index(BLANK)
        value.intro, value.entries[0].before = before[:end], before[end:]
