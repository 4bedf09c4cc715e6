"""JSON with comments and trailing commas, read into a tree that knows where everything stands.

The parsers that Python has for it either give no positions or are far slower than a descriptor can afford; this one is
a scanner over a few regular expressions.
"""

import re
from math import isfinite
from typing import NoReturn

from airdock.descriptor.names import hint
from airdock.descriptor.problems import Problems, Unreadable, shown
from airdock.descriptor.tree import Node, Source

_SPACE = re.compile(r"(?:[ \t\r\n]++|//[^\r\n]*+|/\*(?s:.*?)\*/)*+")
_PLAIN = re.compile(r'"([^"\\\x00-\x1f]*+)"')
_ESCAPED = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"?')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?+([eE][-+]?[0-9]++)?+(?![\w.+-])")
_WORD = re.compile(r"[^\s,:\[\]{}\"'/]{1,40}")
_CHARACTERS = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS = {"true": True, "false": False, "null": None}
_LONGEST_NUMBER = 4000


def parse_json(source: Source, problems: Problems, deepest: int = 100) -> Node:
    """The tree of a text. A name that stands twice in an object is noted and the first one kept.

    Raises:
        Unreadable: the text is not well-formed or nested deeper than `deepest` levels; the problem was noted.
    """
    return _Parser(source, problems, deepest).document()


class _Parser:
    def __init__(self, source: Source, problems: Problems, deepest: int) -> None:
        self.source = source
        self.text = source.text
        self.problems = problems
        self.deepest = deepest
        self.at = 0

    def document(self) -> Node:
        if not self._skip():
            self._fail("the file is empty")
        root = self._value(None, None, 1)
        if self._skip():
            closed = "the closing bracket" if root.type in ("object", "array") else "the value"
            self._fail(f"expected the end of the file behind {closed}")
        return root

    def _skip(self) -> str:
        """Passes over blanks and comments; gives the next character, empty at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        char = self.text[self.at : self.at + 1]
        if char == "/":
            if self.text.startswith("/*", self.at):
                self._fail("this comment is never closed", hint="write */ behind it")
            self._fail("a single '/' means nothing here", hint="a comment begins with // or /*")
        return char

    def _value(self, parent: Node | None, key: str | int | None, depth: int) -> Node:
        start = self.at
        char = self.text[start : start + 1]
        if char == '"':
            text = self._string()
            return Node(self.source, text, start, self.at, parent, key)
        if char in ("{", "["):
            node = Node(self.source, {} if char == "{" else [], start, start, parent, key)
            if depth > self.deepest:
                self._fail(f"nested deeper than {self.deepest} levels", code="descriptor.tooLarge")
            (self._object if char == "{" else self._list)(node, depth)
            node.end = self.at
            return node
        match = _NUMBER.match(self.text, start)
        value = self._number(match) if match else self._literal(key)
        return Node(self.source, value, start, self.at, parent, key)

    def _object(self, node: Node, depth: int) -> None:
        self.at += 1
        char = self._skip()
        while char != "}":
            if char != '"':
                self._no_name(node, char)
            start = self.at
            name = self._string()
            if self._skip() != ":":
                self._fail(f"expected ':' behind the name {shown(name)}", node)
            self.at += 1
            self._skip()
            self._member(node, name, start, depth)
            char = self._skip()
            if char == ",":
                self.at += 1
                char = self._skip()
            elif char != "}":
                self._fail(f"expected ',' or '}}' after the value of {shown(name)}", node)
        self.at += 1

    def _member(self, node: Node, name: str, start: int, depth: int) -> None:
        child = self._value(node, name, depth + 1)
        if name in node.value:
            place = self.source.place(start, child.path)
            self.problems.add_duplicate(name, place, self.source.position(node.keys[name]))
            return
        node.keys[name] = start
        node.value[name] = child

    def _list(self, node: Node, depth: int) -> None:
        self.at += 1
        char = self._skip()
        items: list[Node] = node.value
        while char != "]":
            if not char:
                self._fail("", node)
            items.append(self._value(node, len(items), depth + 1))
            char = self._skip()
            if char == ",":
                self.at += 1
                char = self._skip()
            elif char != "]":
                self._fail(f"expected ',' or ']' after item {len(items)} of the list", node)
        self.at += 1

    def _string(self) -> str:
        match = _PLAIN.match(self.text, self.at)
        if match:
            self.at = match.end()
            return match[1]
        return self._escaped_string()

    def _escaped_string(self) -> str:
        match = _ESCAPED.match(self.text, self.at)
        if match is None or not (match[0].endswith('"') and match.end() == match.end(1) + 1):
            self._bad_string(match.end(1) if match else self.at)
        start, self.at = self.at, match.end()
        text = _PAIR.sub(_joined, _ESCAPE.sub(_character, match[1]))
        if _SURROGATE.search(text):
            self.at = start
            self._fail("the text has one half of a character: \\ud800 to \\udfff stand in pairs")
        return text

    def _bad_string(self, end: int) -> NoReturn:
        start, self.at = self.at, end
        char = self.text[end : end + 1]
        if not char or char in "\r\n":
            self.at = start
            self._fail("this text is never closed", hint='write " behind it; a line break inside is written \\n')
        if char == "\\":
            escape = self.text[end : end + 2]
            self._fail(f"{shown(escape)} is not an escape", hint="a backslash is written \\\\")
        self._fail(f"the character U+{ord(char):04X} cannot stand in a text", hint=f"write \\u{ord(char):04x}")

    def _number(self, match: re.Match[str]) -> int | float:
        digits = match[0]
        if len(digits) > _LONGEST_NUMBER:
            self._fail("this number has too many digits", code="descriptor.tooLarge")
        value = float(digits) if match[1] or match[2] else int(digits)
        if isinstance(value, float) and not isfinite(value):
            self._fail(f"the number {shown(digits)} is too large")
        self.at = match.end()
        return value

    def _literal(self, key: str | int | None) -> bool | None:
        match = _WORD.match(self.text, self.at)
        word = match[0] if match else self.text[self.at : self.at + 1]
        if word in _LITERALS:
            self.at += len(word)
            return _LITERALS[word]
        self._no_value(word, key)

    def _no_value(self, word: str, key: str | int | None) -> NoReturn:
        if not word or word in ",:]}":
            what = shown(key) if isinstance(key, str) else f"item {(key or 0) + 1} of the list"
            self._fail(f"expected the value of {what}" + (f", found '{word}'" if word else ""))
        if word == "'":
            self._fail("a text stands in double quotes, not in single ones")
        if word.lower().lstrip("+-") in ("nan", "infinity", "inf"):
            self._fail(f"{word} is not a number that a descriptor can hold")
        if word[0] in "+-.0123456789":
            self._fail(f"{shown(word)} is not a number", hint="write it as 12, -0.5 or 1e3")
        near = {"none": "null", "nil": "null", "undefined": "null", "yes": "true", "no": "false"}.get(word.lower(), "")
        suggestion = f"did you mean {near}?" if near else hint(word, _LITERALS)
        self._fail(f"{shown(word)} is not a value", hint=suggestion or "a text stands in double quotes")

    def _no_name(self, node: Node, char: str) -> NoReturn:
        if char == ",":
            self._fail("a comma stands behind a value, once", node)
        if char and char not in "{}[]:'":
            match = _WORD.match(self.text, self.at)
            word = match[0] if match else char
            self._fail(f"the name {shown(word)} must stand in double quotes", node)
        self._fail("expected a name in double quotes or '}'", node)

    def _fail(
        self, message: str, opened: Node | None = None, *, hint: str = "", code: str = "descriptor.syntax"
    ) -> NoReturn:
        if opened is not None and self.at >= len(self.text):
            line, column = self.source.position(opened.start)
            bracket, kind = ("}", "object") if opened.type == "object" else ("]", "list")
            message, hint = f"the {kind} that begins at {line}:{column} is never closed", f"write {bracket} behind it"
        path = opened.path if opened is not None else "$"
        self.problems.add(code, message, self.source.place(self.at, path), hint)
        raise Unreadable


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _CHARACTERS[match[2]]


def _joined(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16")
