"""Reading of plain kinds: texts, words, numbers, durations, lists, maps, paths. Each function is a `ReadKind`."""

import re
from typing import Any

from airdock.descriptor.names import hint
from airdock.descriptor.problems import shown
from airdock.descriptor.reading import INVALID, Reading, alternatives, label, type_names
from airdock.descriptor.tree import Node
from airdock.spec import kinds
from airdock.units import parse_duration, parse_size


def read_text(reading: Reading, kind: kinds.Text, node: Node) -> Any:
    if not isinstance(node.value, str):
        return reading.wrong_type(node, "a text")
    if kind.pattern and not re.fullmatch(kind.pattern, node.value):
        expected = kind.hint or f"a text that matches {kind.pattern}"
        return reading.refuse("descriptor.value", node, f"{label(node)} must be {expected}, not {shown(node.value)}")
    return node.value


def read_choice(reading: Reading, kind: kinds.Choice, node: Node) -> Any:
    """One of the words. Words of a field called `type` are type names, so they are found in any case."""
    if not isinstance(node.value, str):
        return reading.wrong_type(node, alternatives([f'"{option}"' for option in kind.options]))
    if node.value in kind.options:
        return node.value
    if node.key == "type":
        for option in kind.options:
            if option.lower() == node.value.lower():
                return option
    suggestion = hint(node.value, kind.options, "it is one of ")
    return reading.refuse("descriptor.value", node, f"{label(node)} cannot be {shown(node.value)}", suggestion)


def read_boolean(reading: Reading, kind: kinds.Boolean, node: Node) -> Any:
    if isinstance(node.value, bool):
        return node.value
    quoted = isinstance(node.value, str) and node.value in ("true", "false")
    return reading.wrong_type(node, "true or false", "write it without quotes" if quoted else "")


def read_integer(reading: Reading, kind: kinds.Integer, node: Node) -> Any:
    value = node.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float):
            return reading.refuse("descriptor.type", node, f"{label(node)} must be a whole number, not {value}")
        return reading.wrong_type(node, "a whole number", _unquote(node))
    return _ranged(reading, node, value, kind.minimum, kind.maximum)


def read_number(reading: Reading, kind: kinds.Number, node: Node) -> Any:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return reading.wrong_type(node, "a number", _unquote(node))
    try:
        value = float(node.value)
    except OverflowError:
        return reading.refuse("descriptor.value", node, f"{label(node)} is too large")
    return _ranged(reading, node, value, kind.minimum, kind.maximum)


def _unquote(node: Node) -> str:
    numeric = isinstance(node.value, str) and re.fullmatch(r"-?\d+(\.\d+)?", node.value)
    return "write it without quotes" if numeric else ""


def _ranged(reading: Reading, node: Node, value: float, minimum: float | None, maximum: float | None) -> Any:
    if (minimum is None or value >= minimum) and (maximum is None or value <= maximum):
        return value
    if minimum is not None and maximum is not None:
        expected = f"from {minimum} to {maximum}"
    else:
        expected = f"at least {minimum}" if maximum is None else f"at most {maximum}"
    found = shown(str(node.value))[1:-1]
    return reading.refuse("descriptor.value", node, f"{label(node)} must be {expected}, not {found}")


def read_duration(reading: Reading, kind: kinds.Duration, node: Node) -> Any:
    if not isinstance(node.value, str):
        return reading.wrong_type(node, 'a duration such as "30s"', _with_unit(node, "s"))
    return _parsed(reading, node, parse_duration, 'a duration such as "250ms", "30s" or "5m"')


def read_size(reading: Reading, kind: kinds.Size, node: Node) -> Any:
    if not isinstance(node.value, str):
        return reading.wrong_type(node, 'a size such as "10MB"', _with_unit(node, "B"))
    return _parsed(reading, node, parse_size, 'a size such as "64KB" or "10MB"')


def _parsed(reading: Reading, node: Node, parse: Any, expected: str) -> Any:
    try:
        return parse(node.value)
    except (ValueError, OverflowError):
        return reading.refuse("descriptor.value", node, f"{label(node)} must be {expected}, not {shown(node.value)}")


def _with_unit(node: Node, unit: str) -> str:
    return f'did you mean "{node.value}{unit}"?' if node.type == "number" and len(str(node.value)) < 20 else ""


def read_literal(reading: Reading, kind: kinds.Literal, node: Node) -> Any:
    return node.plain() if node.type in kind.types else reading.wrong_type(node, type_names(kind.types))


def read_scalar(reading: Reading, kind: kinds.Scalar, node: Node) -> Any:
    if isinstance(node.value, dict | list):
        return reading.wrong_type(node, "a text, a number, true, false or null")
    return node.value


def read_list(reading: Reading, kind: kinds.ListOf, node: Node) -> Any:
    if not isinstance(node.value, list):
        return reading.wrong_type(node, "a list", "put it in [ ]" if node.value is not None else "")
    if len(node.value) < kind.minimum:
        return too_few(reading, node, kind.minimum, "item")
    items = [reading.value(kind.item, child) for child in node.value]
    return INVALID if any(item is INVALID for item in items) else items


def too_few(reading: Reading, node: Node, minimum: int, word: str) -> Any:
    words = word if minimum == 1 else f"{word}s"
    return reading.refuse("descriptor.value", node, f"{label(node)} must have at least {minimum} {words}")


def read_map(reading: Reading, kind: kinds.MapOf, node: Node) -> Any:
    if not isinstance(node.value, dict):
        return reading.wrong_type(node, "an object")
    values = {name: reading.value(kind.value, child) for name, child in node.value.items()}
    return INVALID if any(value is INVALID for value in values.values()) else values


def read_module(reading: Reading, kind: kinds.Module, node: Node) -> Any:
    """The path without its first slash."""
    path = node.value
    if not isinstance(path, str):
        return reading.wrong_type(node, 'a path such as "/project/file.js"')
    complaint, suggestion = _complaint(path, kind.suffixes)
    if complaint:
        return reading.refuse("descriptor.value", node, f"{label(node)} {complaint}, not {shown(path)}", suggestion)
    return path[1:]


def _complaint(path: str, suffixes: tuple[str, ...]) -> tuple[str, str]:
    if not path.startswith("/"):
        better = path and _complaint(f"/{path}", suffixes) == ("", "")
        return 'must begin with "/" and the project', f"did you mean {shown('/' + path)}?" if better else ""
    bad = next((char for char in path if char in "\\%" or ord(char) < 32 or 127 <= ord(char) < 160), "")
    if bad:
        what = "control characters" if ord(bad) < 32 or ord(bad) >= 127 else f"'{bad}'"
        return f"must be a path without {what}", ""
    segments = path[1:].split("/")
    if any(segment in ("..", ".") for segment in segments):
        return 'must be a path without "." and ".." in it', "a path begins with the project and stays in the registry"
    if "" in segments:
        return "must name a file, without empty parts", ""
    if suffixes and not (path.endswith(suffixes) and segments[-1] not in suffixes):
        plain = path.removesuffix(".yaml")
        better = plain != path and _complaint(plain, suffixes) == ("", "")
        return f"must end in {alternatives(list(suffixes))}", f"did you mean {shown(plain)}?" if better else ""
    return "", ""
