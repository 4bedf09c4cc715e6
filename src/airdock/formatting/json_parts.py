"""The parts of a JSON text that was parsed before, so that it is known to be well-formed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from airdock.formatting.parts import BLANK, Document, Entry, Value, settle_intro

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<comment>//[^\r\n]*|/\*(?s:.*?)\*/)
    | (?P<mark>[{}\[\],:])
    | (?P<word>"(?:[^"\\]|\\.)*"|[^\s,:\[\]{}"/]+)""",
    re.VERBOSE,
)
_BREAK = re.compile(r"\r\n?|\n")


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    breaks: int
    """Line breaks in front of it."""


_END = _Token("end", "", 0, 1)


def json_parts(text: str) -> Document:
    """The parts of a JSON text."""
    return _Builder(list(_tokens(text))).document()


def json_comments(text: str) -> list[str]:
    """The comments of a JSON text, in order."""
    return [token.text for token in _tokens(text) if token.kind == "comment"]


def _tokens(text: str) -> Iterator[_Token]:
    breaks = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "space":
            breaks += len(_BREAK.findall(match[0]))
        else:
            yield _Token(kind, match[0].rstrip() if match[0].startswith("//") else match[0], match.start(), breaks)
            breaks = 0


class _Builder:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def document(self) -> Document:
        before = _loose(self._comments(), self._next)
        document = Document(self._value(), before=before)
        document.tail = _loose(self._comments(), _END)
        return document

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _comments(self) -> list[_Token]:
        begin = self._at
        while self._next.kind == "comment":
            self._at += 1
        return self._tokens[begin : self._at]

    def _value(self) -> Value:
        token = self._take()
        if token.text not in ("{", "["):
            return Value(token.text, start=token.start)
        value = Value(entries=[], is_object=token.text == "{", start=token.start, flow=True)
        value.broken = self._next.breaks > 0
        self._fill(value)
        settle_intro(value)
        return value

    def _fill(self, value: Value) -> None:
        entries = value.entries = []
        while True:
            comments, value.comma = self._between()
            comments, beside = _beside(comments, self._next)
            if beside and entries:
                entries[-1].after = " ".join(beside)
            elif beside:
                value.head = " ".join(beside)
            loose = _loose(comments, self._next)
            if self._next.text in ("}", "]"):
                self._take()
                value.tail = loose[:-1] if loose[-1:] == [BLANK] else loose
                return
            entries.append(self._entry(value.is_object, loose))

    def _between(self) -> tuple[list[_Token], bool]:
        """The comments up to the next entry or to the end, and whether a comma stands there."""
        comments = self._comments()
        if self._next.text != ",":
            return comments, False
        self._take()
        return comments + self._comments(), True

    def _entry(self, is_member: bool, before: list[str]) -> Entry:
        start, key = self._next.start, ""
        if is_member:
            key = self._take().text
            inside = self._comments()
            self._take()
            before = [*before, *(token.text for token in inside + self._comments())]
        return Entry(self._value(), key, start, before)


def _beside(comments: list[_Token], behind: _Token) -> tuple[list[_Token], list[str]]:
    """Splits comments into those that stand alone, and the texts of those behind something on its line."""
    count = 0
    while count < len(comments) and not comments[count].breaks:
        count += 1
        if _ends_line(comments[count - 1]):
            break
    follows = comments[count] if count < len(comments) else behind
    if not follows.breaks and not (count and _ends_line(comments[count - 1])):
        # What stands in front of something on its line is of that.
        return comments, []
    return comments[count:], [token.text for token in comments[:count]]


def _ends_line(token: _Token) -> bool:
    return token.text.startswith("//")


def _loose(comments: list[_Token], behind: _Token) -> list[str]:
    """Comments that stand alone, with the empty lines between them and in front of what follows."""
    found: list[str] = []
    for token in comments:
        if token.breaks > 1:
            found.append(BLANK)
        found.append(token.text)
    if behind.breaks > 1 and behind.kind != "end":
        found.append(BLANK)
    return found
