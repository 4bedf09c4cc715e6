"""Ignore comments: `// airdock: ignore lint.code`, in YAML and Python `# airdock: ignore lint.code`.

A comment is for its own line; one that stands alone is for the next line that is no such comment. Several codes may
follow each other; what stands behind ` -- ` is for people.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from airdock.descriptor.tree import Source

_MARK = "airdock:"
_JSON = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|(?P<comment>//[^\r\n]*|/\*(?s:.*?)\*/)')
_SLASHES = re.compile(r"(?P<comment>//\s*airdock:[^\r\n]*|/\*\s*airdock:(?s:.*?)\*/)")
_HASH = re.compile(r"(?:^|(?<=\s))(?P<comment>#\s*airdock:[^\r\n]*)", re.MULTILINE)
_ORDER = re.compile(r"(?://|/\*|\#)\s*airdock:\s*ignore\b(.*?)(?:\s--\s.*?)?(?:\*/)?\s*", re.DOTALL)
_BREAK = re.compile(r"\r\n?|\n")
_SEPARATOR = re.compile(r"[\s,]+")


class Ignored(NamedTuple):
    """A code that a comment names: the line that it is for, and where it stands."""

    code: str
    target: int
    line: int
    column: int


def ignored(text: str, notation: str) -> list[Ignored]:
    """What the comments of a text say; `notation` is the ending of its file."""
    return list(_found(text, _pattern(notation))) if _MARK in text else []


def _pattern(notation: str) -> re.Pattern[str]:
    if notation in ("yaml", "yml", "py"):
        return _HASH
    return _SLASHES if notation == "js" else _JSON


class _Comment(NamedTuple):
    line: int
    column: int
    last: int
    alone: bool
    codes: str


def _found(text: str, pattern: re.Pattern[str]) -> Iterator[Ignored]:
    comments = list(_comments(text, pattern))
    lonely = {comment.last for comment in comments if comment.alone}
    for comment in comments:
        target = comment.last
        while comment.alone and target in lonely:
            target += 1
        for code in filter(None, _SEPARATOR.split(comment.codes)):
            yield Ignored(code, target, comment.line, comment.column)


def _comments(text: str, pattern: re.Pattern[str]) -> Iterator[_Comment]:
    source = Source("", text)
    for match in pattern.finditer(text):
        order = _ORDER.fullmatch(match["comment"] or "")
        if order is not None:
            begin, end = match.span("comment")
            line, column = source.position(begin)
            beside = _BREAK.split(text[:begin])[-1] + _BREAK.split(text[end:], maxsplit=1)[0]
            yield _Comment(line, column, source.position(end)[0], not beside.strip(), order[1])
