"""The text of a statement, and the parameters that it names."""

import re
from typing import Any

_PIECE = re.compile(
    r"'(?:[^']|'')*'"  # a text
    r'|"(?:[^"]|"")*"|`[^`]*`'  # a quoted name
    r"|--[^\n]*|/\*.*?\*/"  # a comment
    r"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"  # a text of PostgreSQL
    r"|::|:="
    r"|(?P<in>(?:\b(?P<not>not)\s+)?\bin\s+:(?P<list>[A-Za-z_]\w*))\b"
    r"|(?<![\w:]):(?P<name>[A-Za-z_]\w*)",
    re.DOTALL | re.IGNORECASE,
)


class Statement:
    """A statement as its author wrote it.

    `:name` is a parameter, unless it stands in a text, a quoted name or a comment. `in :name` takes a list.

    Attributes:
        text: As written. names: Its parameters. lists: Those that take a list. reads: It begins with `select`, say.
        inserts: It begins with `insert`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.lists: set[str] = set()
        for piece in _PIECE.finditer(text):
            name = piece["name"] or piece["list"]
            if name:
                self.names.add(name)
            if piece["list"]:
                self.lists.add(name)
        self.reads = re.match(r"\s*(?:select|values|show|describe|explain|table)\b", text, re.IGNORECASE) is not None
        self.inserts = re.match(r"\s*insert\b", text, re.IGNORECASE) is not None
        self._made: dict[bool, Any] = {}

    def clause(self, arrays: bool) -> Any:
        """The statement for SQLAlchemy.

        Args:
            arrays: The database knows arrays: `in :name` becomes a comparison with one, also with an empty one.
        """
        made = self._made.get(arrays)
        if made is None:
            made = self._made[arrays] = self._make(arrays)
        return made

    def _make(self, arrays: bool) -> Any:
        from sqlalchemy import bindparam, text

        written, end = [], 0
        for piece in _PIECE.finditer(self.text):
            written += [_literal(self.text[end : piece.start()]), _bound(piece, arrays)]
            end = piece.end()
        made = text("".join((*written, _literal(self.text[end:]))))
        return made if arrays else made.bindparams(*(bindparam(name, expanding=True) for name in sorted(self.lists)))


def _bound(piece: re.Match[str], arrays: bool) -> str:
    if piece["name"]:
        return piece[0]
    if not piece["list"]:
        return _literal(piece[0])
    if not arrays:
        return piece[0]
    return f"<> all(:{piece['list']})" if piece["not"] else f"= any(:{piece['list']})"


def _literal(text: str) -> str:
    """A text in which SQLAlchemy finds no parameter."""
    return text.replace(":", "\\:")
