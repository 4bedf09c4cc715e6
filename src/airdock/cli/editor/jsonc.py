"""Adds to a JSON file that people edit: what is there stays as it is, with its comments and its layout."""

import json
import re
from typing import Any

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.tree import Node, Source
from airdock.errors import DescriptorError

_COMMA = re.compile(r"(?:\s|//[^\r\n]*|/\*(?s:.*?)\*/)*(,)")
_REST_OF_LINE = re.compile(r"[ \t]*(?://[^\r\n]*|(?:/\*[^\r\n]*?\*/[ \t]*)+)?(?=\r?\n|\Z)")
_INDENT = re.compile(r"[ \t]*")


def merged(text: str, additions: dict[str, Any], file: str) -> str:
    """The text with what it lacks of some values.

    A member that is not there is added, and so are items of a list that are not; a value of its author's is kept where
    it differs. A text that is empty becomes the additions.

    Raises:
        DescriptorError: it is not well-formed, or no object.
    """
    if not text.strip():
        return json.dumps(additions, indent=2, ensure_ascii=False) + "\n"
    while True:
        root = _tree(text, file)
        edit = _missing(root, additions)
        if edit is None:
            return text
        text = _inserted(text, *edit)


def _tree(text: str, file: str) -> Node:
    problems = Problems()
    try:
        root = parse_json(Source(file, text), problems)
    except Unreadable:
        raise problems.error() from None
    if not isinstance(root.value, dict):
        problems.add("descriptor.type", "the file must hold an object", root.place)
        raise problems.error()
    return root


def _missing(node: Node, additions: Any) -> tuple[Node, str, Any] | None:
    """The first thing that is missing: where it belongs, its name (empty for an item), and its value."""
    if isinstance(node.value, dict) and isinstance(additions, dict):
        for name, value in additions.items():
            if name not in node.value:
                return node, name, value
            found = _missing(node.value[name], value)
            if found is not None:
                return found
    elif isinstance(node.value, list) and isinstance(additions, list):
        present = [_named(each.plain()) for each in node.value]
        for value in additions:
            if _named(value) not in present:
                return node, "", value
    return None


def _named(item: Any) -> Any:
    """What tells items apart: one that has an address is the same as any other with that address."""
    return item["url"] if isinstance(item, dict) and "url" in item else item


def _inserted(text: str, holder: Node, name: str, value: Any) -> str:
    children = list(holder.value.values()) if isinstance(holder.value, dict) else holder.value
    outer = _indent_of(text, holder.start)
    indent = _indent_of(text, _begin(holder, children[-1])) if children else ""
    if len(indent) <= len(outer):
        indent = outer + ("\t" if outer.startswith("\t") else "  " if outer or children else "    ")
    body = json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n" + indent)
    member = f"\n{indent}" + (f"{json.dumps(name)}: {body}" if name else body)
    if children:
        return _behind(text, holder, max(child.end for child in children), member, outer)
    begin, end = holder.start + 1, holder.end - 1
    if text[begin:end].strip():  # a comment
        return text[:begin] + member + text[begin:]
    return f"{text[:begin]}{member}\n{outer}{text[end:]}"


def _behind(text: str, holder: Node, last: int, member: str, outer: str) -> str:
    """Behind the last member and the comment on its line; the bracket that follows gets a line of its own."""
    comma = _COMMA.match(text, last, holder.end)
    at = comma.end(1) if comma else last
    rest = _REST_OF_LINE.match(text, at)
    line_end = rest.end() if rest and rest.end() < holder.end else at
    head = text[:at] + ("" if comma else ",") + text[at:line_end] + member
    if line_end > at or text[line_end] in "\r\n":
        return head + text[line_end:]
    return f"{head}\n{outer}{text[line_end:].lstrip()}"


def _begin(holder: Node, child: Node) -> int:
    return holder.keys[str(child.key)] if isinstance(holder.value, dict) else child.start


def _indent_of(text: str, offset: int) -> str:
    """The blanks in front of the line of an offset."""
    match = _INDENT.match(text, text.rfind("\n", 0, offset) + 1)
    return match[0] if match else ""


__all__ = ["DescriptorError", "merged"]
