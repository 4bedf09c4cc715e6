"""Writes the parts of a YAML text: blocks of two spaces, and in brackets what was so on one line and fits."""

from airdock.formatting.json_layout import INDENT, WIDTH
from airdock.formatting.parts import BLANK, Document, Entry, Value


def yaml_text(document: Document) -> str:
    """The text of a document."""
    root = document.root
    lines = _comments(document.before, 0)
    if root.entries:
        lines += _members(root, 0)
    else:
        lines += [_one_line(root)]
    lines += _comments(document.tail, 0)
    while lines[0] == BLANK:
        del lines[0]
    if root.entries and root.text:
        lines.insert(0, root.text)
    return "\n".join([*document.prefix, *lines]) + "\n"


def _members(value: Value, indent: int) -> list[str]:
    """The lines of what a list or an object holds."""
    lines = _comments(value.intro, indent)
    for entry in value.entries or ():
        lines += _comments(entry.before, indent)
        lines += _member(entry, indent) if value.is_object else _item(entry, indent)
    lines += _comments(value.tail, indent)
    while lines and lines[0] == BLANK:
        del lines[0]
    return lines


def _member(entry: Entry, indent: int) -> list[str]:
    prefix = f"{' ' * indent}{entry.key}:"
    value = entry.value
    if _is_block(value, len(prefix) + 1):
        # There is room for one comment behind the key.
        comment, below = (value.head, entry.after) if value.head else (entry.after, "")
        head = "".join(f" {each}" for each in (value.text, comment) if each)
        lines = [prefix + head, *_members(value, indent + INDENT)]
        return lines + _comments([below], indent + INDENT) if below else lines
    return _scalar(prefix, entry, indent)


def _item(entry: Entry, indent: int) -> list[str]:
    dash = " " * indent + "-"
    value = entry.value
    if not _is_block(value, indent + INDENT):
        return _scalar(dash, entry, indent)
    lines = _members(value, indent + INDENT)
    above = _comments([entry.after], indent) if entry.after else []
    while not value.text and lines[0].lstrip().startswith("#"):
        above.append(" " * indent + lines.pop(0).lstrip())
    if value.text:
        return [*above, f"{dash} {value.text}", *lines]
    return [*above, f"{dash} {lines[0].lstrip()}", *lines[1:]]


def _is_block(value: Value, used: int) -> bool:
    """Whether a value has lines of its own."""
    if not value.entries:
        return False
    text = _one_line(value)
    return not text or used + len(text) > WIDTH


def _one_line(value: Value) -> str:
    """The value on one line, as its author had it; empty if it cannot be."""
    if value.entries is None:
        return "" if value.header or "\n" in value.text else value.text
    if value.entries and (not value.flow or value.broken or value.has_comments):
        return ""
    parts = []
    for entry in value.entries:
        text = _one_line(entry.value)
        if not text and entry.value.entries is not None:
            return ""
        parts.append(f"{entry.key}: {text}" if entry.key else text)
    inside = ", ".join(parts)
    brackets = f"{{{inside}}}" if value.is_object else f"[{inside}]"
    return f"{value.text} {brackets}" if value.text else brackets


def _scalar(prefix: str, entry: Entry, indent: int) -> list[str]:
    value, inner = entry.value, " " * (indent + INDENT)
    after = f" {entry.after}" if entry.after else ""
    if value.header:
        body = [inner + line if line else "" for line in value.text.split("\n")] if value.text else []
        return [f"{prefix} {value.header}{after}", *body]
    text = _one_line(value) if value.entries is not None else value.text
    first, *rest = text.split("\n")
    lines = [f"{prefix} {first.rstrip()}" if first else prefix]
    lines += [inner + line.strip() if line.strip() else "" for line in rest]
    lines[-1] += after
    lines += _comments(value.tail, indent + INDENT)
    return lines


def _comments(comments: list[str], indent: int) -> list[str]:
    return [" " * indent + each if each else BLANK for each in comments]
