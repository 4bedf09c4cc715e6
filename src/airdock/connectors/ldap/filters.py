"""Search filters (RFC 4515) with parameters: read once, written anew with each message's values, escaped as a whole."""

import re
from typing import Any, NamedTuple

from airdock.connectors.ldap.names import PARAMETER, text_of
from airdock.errors import FlowError

Operator = str
"""`&`, `|`, `!` of filters; `=`, `>=`, `<=`, `~=`, `:=` of an attribute."""

_DEEPEST = 50
_ITEM = re.compile(
    r"(?P<attribute>[A-Za-z][A-Za-z0-9;.-]*|\d+(?:\.\d+)+)?"
    r"(?:(?P<rule>(?::dn)?(?::[A-Za-z0-9.-]+)?)(?P<extended>:=)|(?P<operator>>=|<=|~=|=))(?P<value>[^()]*)\)"
)
_HEX = re.compile(r"\\([0-9A-Fa-f]{2})")
_WRONG = re.compile(r"[\\\0]")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-")


class Parameter(NamedTuple):
    """`:name` inside a value."""

    name: str


class Any_(NamedTuple):  # noqa: N801 -- `Any` is taken
    """`*` inside a value: any text."""


Part = bytes | Parameter | Any_


class Item(NamedTuple):
    """A condition of an attribute. `rule`: what stands between it and `:=`."""

    attribute: str
    rule: str
    operator: Operator
    parts: tuple[Part, ...]


class Group(NamedTuple):
    """Filters joined by `&` or `|`, or one behind `!`."""

    operator: Operator
    inside: "tuple[Group | Item, ...]"


Node = Group | Item


class FilterError(ValueError):
    """A text is no filter. The message says where."""


class Filter:
    """A filter as its author wrote it.

    Attributes:
        node: What it says. names: Its parameters.
    """

    def __init__(self, text: str) -> None:
        """Raises FilterError."""
        text = text.strip()
        if not text.startswith("("):
            text = f"({text})"
        self.node, end = _read(text, 0, 0)
        if end != len(text):
            raise FilterError(f"there is something behind the end of the filter: {text[end : end + 20]!r}")
        self.names = frozenset(_names(self.node))

    def bound(self, values: dict[str, Any]) -> Node:
        """The same with values in place of its parameters.

        Raises:
            FlowError: `connector.ldap.value`, a value is empty, or none that an attribute is compared with.
        """
        return _bound(self.node, values) if self.names else self.node


def write(node: Node) -> str:
    """A filter without parameters as text; what is no plain letter or digit in a value is written in hex."""
    if isinstance(node, Group):
        return f"({node.operator}{''.join(write(each) for each in node.inside)})"
    value = "".join("*" if isinstance(part, Any_) else _escaped(part) for part in node.parts)  # type: ignore[arg-type]
    return f"({node.attribute}{node.rule}{node.operator}{value})"


def _read(text: str, place: int, depth: int) -> tuple[Node, int]:
    if depth > _DEEPEST:
        raise FilterError(f"a filter is nested {_DEEPEST} levels deep at most")
    if text[place : place + 1] != "(":
        raise FilterError(f"'(' is missing at character {place + 1}")
    operator = text[place + 1 : place + 2]
    if operator not in ("&", "|", "!"):
        return _read_item(text, place + 1)
    place += 2
    inside: list[Node] = []
    while (place := _past_blanks(text, place)) < len(text) and text[place] != ")":
        node, place = _read(text, place, depth + 1)
        inside.append(node)
    if place >= len(text):
        raise FilterError("')' is missing at the end")
    if not inside or (operator == "!" and len(inside) > 1):
        raise FilterError(f"'{operator}' at character {place + 1} stands before {'one filter' if inside else 'none'}")
    return Group(operator, tuple(inside)), place + 1


def _read_item(text: str, place: int) -> tuple[Node, int]:
    found = _ITEM.match(text, place)
    if found is None:
        raise FilterError(f"no condition such as uid=ann stands at character {place + 1}: {text[place : place + 20]!r}")
    attribute, rule, operator = found["attribute"] or "", found["rule"] or "", found["operator"] or ":="
    if not attribute and not rule:
        raise FilterError(f"an attribute is missing at character {place + 1}")
    parts = tuple(_parts(found["value"], stars=operator == "="))
    if not parts:
        raise FilterError(f"a value is missing at character {found.start('value') + 1}")
    return Item(attribute, rule, operator, parts), found.end()


def _parts(value: str, stars: bool) -> list[Part]:
    made: list[Part] = []
    for index, piece in enumerate(value.split("*") if stars else [value]):
        made += [Any_()] if index else []
        end = 0
        for found in PARAMETER.finditer(piece):
            made += [*_literal(piece[end : found.start()]), Parameter(found["name"])]
            end = found.end()
        made += _literal(piece[end:])
    return made


def _literal(text: str) -> list[Part]:
    if not text:
        return []
    if _WRONG.search(_HEX.sub("", text)) or "*" in text:
        raise FilterError(f"in {text[:50]!r} a '\\', '*' or NUL is not written in hex: \\5c, \\2a, \\00")
    pieces = _HEX.split(text)
    return [b"".join(bytes.fromhex(each) if odd % 2 else each.encode() for odd, each in enumerate(pieces))]


def _names(node: Node) -> list[str]:
    if isinstance(node, Group):
        return [name for each in node.inside for name in _names(each)]
    return [part.name for part in node.parts if isinstance(part, Parameter)]


def _bound(node: Node, values: dict[str, Any]) -> Node:
    if isinstance(node, Group):
        return node._replace(inside=tuple(_bound(each, values) for each in node.inside))
    parts: list[Part] = []
    for part in node.parts:
        made = _value(part.name, values[part.name]) if isinstance(part, Parameter) else part
        if parts and isinstance(made, bytes) and isinstance(parts[-1], bytes):
            parts[-1] += made
        else:
            parts.append(made)
    return node._replace(parts=tuple(parts))


def _value(name: str, value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        if not len(value):
            raise FlowError("connector.ldap.value", f"the parameter `:{name}` is empty")
        return bytes(value)
    return text_of(name, value).encode()


def _escaped(value: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN else f"\\{byte:02x}" for byte in value)


def _past_blanks(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place
