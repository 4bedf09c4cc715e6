"""From an offset inside a text's value to the place in the file, past the escapes that the author wrote."""

import re

from airdock.descriptor.tree import Node
from airdock.errors import Place

_FOLD = re.compile(r"[ \t]*(?:(?:\r\n?|\n)[ \t]*)+")
_BREAK = re.compile(r"\r\n?|\n")
_LENGTHS = {"x": 4, "u": 6, "U": 10}


def place_inside(node: Node, offset: int) -> Place:
    """Where the code point at `offset` of a text stands. Exact for JSON; for folded YAML as near as can be told."""
    return node.source.place(min(_offset(node, offset), len(node.source.text)), node.path)


def _offset(node: Node, offset: int) -> int:
    if node.style in ("json", "double"):
        return _quoted(node, offset)
    if node.style == "single":
        return _folded(node, offset, node.start + 1)
    if node.style == "plain":
        return _folded(node, offset, node.start)
    return _block(node, offset)


def _quoted(node: Node, offset: int) -> int:
    text, at = node.source.text, node.start + 1
    while offset > 0 and at < node.end:
        if text[at] == "\\":
            at += _escape_length(text, at)
        elif text[at] in " \t\r\n" and (fold := _FOLD.match(text, at)):
            at = fold.end()
        else:
            at += 1
        offset -= 1
    return at


def _escape_length(text: str, at: int) -> int:
    length = _LENGTHS.get(text[at + 1], 2)
    paired = length == 6 and text[at + 2 : at + 4].lower() in ("d8", "d9", "da", "db")
    return 12 if paired else length


def _folded(node: Node, offset: int, at: int) -> int:
    text = node.source.text
    while offset > 0 and at < node.end:
        fold = _FOLD.match(text, at)
        if fold:
            at = fold.end()
        else:
            at += 2 if node.style == "single" and text.startswith("''", at) else 1
        offset -= 1
    return at


def _block(node: Node, offset: int) -> int:
    text = node.source.text
    lines = [match.end() for match in _BREAK.finditer(text, node.start, node.end)]
    if not lines or node.style == "folded":
        return lines[0] if lines else node.start
    value: str = node.value
    row = value.count("\n", 0, offset)
    column = offset - (value.rfind("\n", 0, offset) + 1)
    contents = [(start, _indent(text, start)) for start in lines]
    indent = next((indent for start, indent in contents if text[start + indent : start + indent + 1].strip()), 0)
    start = lines[min(row, len(lines) - 1)]
    return start + indent + column


def _indent(text: str, start: int) -> int:
    end = start
    while text[end : end + 1] == " ":
        end += 1
    return end - start
