"""How deeply a value is nested."""

from typing import Any

_NO_BRACKETS = bytes(char for char in range(256) if char not in b"[]{}")
_NO_STRUCTURE = bytes(char for char in range(256) if char not in b'[]{}"')
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


def deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested more than `depth` levels; level by level, so that depth costs no stack."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(depth):
        level = [
            child
            for each in level
            for child in (each.values() if type(each) is dict else each)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return bool(level)


def json_deeper(text: bytes, value: Any, depth: int) -> bool:
    """The same of a value and the JSON text that it was read from, in a fraction of the time of reading that."""
    return len(text) > 2 * depth and _may_be_deeper(text, depth) and deeper(value, depth)


def _may_be_deeper(text: bytes, depth: int) -> bool:
    """Whether the brackets of a JSON text allow of more levels, or stand in its texts, too."""
    if len(text.translate(None, _NO_BRACKETS)) <= 2 * depth:
        return False
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    # Texts without brackets are two quotes now, and go.
    brackets = text.translate(_ONE_KIND, _NO_STRUCTURE).replace(b'""', b"")
    if b'"' in brackets:
        return True
    for levels in range(depth, 0, -1):
        if len(brackets) <= 2 * levels:
            return False
        # The innermost level goes.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
