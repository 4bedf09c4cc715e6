"""Where the expressions in a text begin and end, and where the large integers in an expression stand.

The scanner knows just enough of JSONata's tokens (texts, names in backticks, comments, regular expressions) to tell
a brace that closes something from one that is part of a text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from airdock.expressions.problems import ExpressionSyntaxError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<comment>/\*(?s:.)*?(?:\*/|\Z))
    | (?P<text>"(?:[^"\\]|\\(?s:.))*(?:"|\Z)|'(?:[^'\\]|\\(?s:.))*(?:'|\Z))
    | (?P<quoted>`[^`]*(?:`|\Z))
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[$\w]+)
    | (?P<other>\.\.|(?s:.))""",
    re.VERBOSE,
)
LONG = 16
"""Digits from which on an integer may be beyond 2^53."""
_VALUE_KINDS = frozenset({"text", "quoted", "number", "name"})
_WORD_OPERATORS = frozenset({"and", "or", "in"})
_OPERANDS_EXPECTED_AFTER = frozenset({"", ".", "(", "[", "{", ",", ";", ":", "?", "=", "<", ">", "&", "+", "-"})


class Token(NamedTuple):
    """A piece of an expression: its kind, its text, where it begins."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(source: str, start: int = 0) -> Iterator[Token]:
    """The tokens from an offset on, without space and comments."""
    value_before, before = False, ""
    while start < len(source):
        token = _regex(source, start) if source[start] == "/" and not value_before else None
        if token is None:
            match = _TOKEN.match(source, start)
            kind, text = (match.lastgroup, match[0]) if match else (None, source[start])
            token = Token(kind or "other", text, start)
        start = token.end
        if token.kind not in ("space", "comment"):
            yield token
            value_before = _is_value(token, before)
            before = token.text


def _is_value(token: Token, before: str) -> bool:
    """Whether a `/` behind this token divides (true) or opens a regular expression."""
    if token.kind in _VALUE_KINDS:
        return token.text not in _WORD_OPERATORS
    if token.text in "*%":
        return before in _OPERANDS_EXPECTED_AFTER
    return token.kind == "regex" or token.text in ")]}"


def _regex(source: str, start: int) -> Token | None:
    if source.startswith("/*", start):
        return None
    depth, place = 0, start + 1
    while place < len(source):
        char = source[place]
        if char == "\\":
            place += 1
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "/" and depth == 0:
            return Token("regex", source[start : place + 1], start)
        place += 1
    return None


def large_integers(source: str) -> list[Token]:
    """The integers in a source that a double may not hold. Ends of ranges are left out: a range is computed."""
    found = list(tokens(source))
    texts = ["", *(token.text for token in found), ""]
    return [
        token
        for place, token in enumerate(found, 1)
        if token.kind == "number" and token.text.isascii() and token.text.isdigit() and len(token.text) >= LONG
        if texts[place - 1] not in ("..", ".") and texts[place + 1] not in ("..", ".")
    ]


class Piece(NamedTuple):
    """A part of a text: literal text, or (`expression`) a source; `start` is its offset in the text."""

    text: str
    expression: bool
    start: int


def pieces(text: str) -> list[Piece]:
    """A text cut at its `${...}`. Literal pieces are unescaped (`$${` is `${`) and never empty.

    Raises:
        ExpressionSyntaxError: a `${` is not closed.
    """
    found: list[Piece] = []
    literal, begin, place = "", 0, 0
    while (dollar := text.find("$", place)) >= 0:
        literal += text[place:dollar]
        if text.startswith("$${", dollar):
            literal, place = literal + "${", dollar + 3
        elif text.startswith("${", dollar):
            if literal:
                found.append(Piece(literal, False, begin))
            end = _closing(text, dollar)
            found.append(Piece(text[dollar + 2 : end], True, dollar + 2))
            literal, begin, place = "", end + 1, end + 1
        else:
            literal, place = literal + "$", dollar + 1
    literal += text[place:]
    if literal:
        found.append(Piece(literal, False, begin))
    return found


def _closing(text: str, opening: int) -> int:
    depth = 0
    for token in tokens(text, opening + 2):
        if token.text == "{" and token.kind == "other":
            depth += 1
        elif token.text == "}" and token.kind == "other":
            if depth == 0:
                return token.start
            depth -= 1
    raise ExpressionSyntaxError("`${` is not closed: its `}` is missing (write `$${` for a literal `${`)", opening)
