"""Writes the parts of a JSON text: on one line what fits and was on one, two spaces of indent for the rest."""

from airdock.formatting.parts import BLANK, Document, Entry, Value

WIDTH = 100
"""Columns within which a list or an object may stand on one line."""
INDENT = 2


def json_text(document: Document) -> str:
    """The text of a document."""
    root = document.root
    lines = [*_comments(document.before, 0), "\n".join(_expanded(root, 0)) if root.entries else _short(root)]
    lines += _comments(document.tail, 0)
    while lines[0] == BLANK:
        del lines[0]
    return "\n".join(lines) + "\n"


def _short(value: Value) -> str:
    """A value that is as long as it is: a scalar, or an empty list or object."""
    if value.entries is None:
        return value.text
    return "\n".join(_expanded(value, 0)) if value.has_comments else _brackets(value, "")


def _brackets(value: Value, inside: str) -> str:
    return f"{{{inside}}}" if value.is_object else f"[{inside}]"


def _one_line(value: Value) -> str:
    """The value on one line; empty if it cannot be."""
    if value.entries is None:
        return value.text
    if (value.broken and value.entries) or value.head or value.tail or value.intro:
        return ""
    parts = []
    for entry in value.entries:
        text = _one_line(entry.value)
        if not text or any(entry.before) or entry.after:
            return ""
        parts.append(f"{entry.key}: {text}" if entry.key else text)
    return _brackets(value, ", ".join(parts))


def _lines(value: Value, indent: int, used: int) -> list[str]:
    """The lines of a value; the first goes on behind `used` columns."""
    text = _one_line(value)
    if value.entries is None or (text and (used + len(text) <= WIDTH or not value.entries)):
        return [text]
    return _expanded(value, indent)


def _expanded(value: Value, indent: int) -> list[str]:
    opening, closing = "{}" if value.is_object else "[]"
    inner = indent + INDENT
    body = _comments(value.intro, inner)
    for place, entry in enumerate(value.entries or ()):
        is_last = place == len(value.entries or ()) - 1
        body += _entry(entry, inner, "," if not is_last or value.comma else "")
    body += _comments(value.tail, inner)
    while body and body[0] == BLANK:
        del body[0]
    while body and body[-1] == BLANK:
        del body[-1]
    head = f"{opening} {tidy_comment(value.head, indent)}" if value.head else opening
    return [head, *body, " " * indent + closing]


def _entry(entry: Entry, indent: int, comma: str) -> list[str]:
    prefix = " " * indent + (f"{entry.key}: " if entry.key else "")
    first, *rest = _lines(entry.value, indent, len(prefix) + len(comma))
    lines = [prefix + first, *rest]
    lines[-1] += comma + (f" {tidy_comment(entry.after, indent)}" if entry.after else "")
    return [*_comments(entry.before, indent), *lines]


def _comments(comments: list[str], indent: int) -> list[str]:
    return [" " * indent + tidy_comment(each, indent) if each else BLANK for each in comments]


def tidy_comment(text: str, indent: int) -> str:
    """A comment without blanks at the ends of its lines; one with a `*` before each line keeps these in a column."""
    first, *rest = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    if rest and all(line.lstrip().startswith("*") for line in rest):
        rest = [" " * (indent + 1) + line.lstrip() for line in rest]
    return "\n".join([first, *rest])
