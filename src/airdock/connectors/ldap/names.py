"""Distinguished names (RFC 4514): with parameters in them, and where they lie."""

import re
from collections.abc import Callable
from typing import Any

from airdock.errors import FlowError

PARAMETER = re.compile(r"(?<![\w:\\]):(?P<name>[A-Za-z_]\w*)")
"""`:name` in a name or in the value of a filter."""

_PAIR = re.compile(
    r"\s*(?P<type>[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*(?P<value>(?:\\.|[^\\,+;\"<>])*)", re.DOTALL
)
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)
_PLAIN = re.compile(r"[A-Za-z0-9._@-]")
_LONGEST = 10_000

Name = tuple[frozenset[tuple[str, bytes]], ...]
"""A name as it is compared: its parts, each a set of types and values."""


def parse_name(text: str) -> Name:
    """A name as it is compared; `()` for the root.

    Raises:
        FlowError: `connector.ldap.name`, it is none.
    """
    if len(text) > _LONGEST or "\0" in text:
        raise _no_name(text)
    parts: list[frozenset[tuple[str, bytes]]] = []
    pairs: set[tuple[str, bytes]] = set()
    place = 0
    while place < len(text):
        found = _PAIR.match(text, place)
        if found is None:
            raise _no_name(text)
        pairs.add((found["type"].lower(), _folded(found["value"])))
        place = found.end()
        after = text[place : place + 1]
        if after not in ("", ",", "+"):
            raise _no_name(text)
        if after != "+":
            parts.append(frozenset(pairs))
            pairs = set()
        place += 1
        if after and place == len(text):
            raise _no_name(text)
    return tuple(parts)


def inside(text: str, base: Name, name: str) -> str:
    """The name itself, if it lies at a base or beneath it.

    Raises:
        FlowError: `connector.ldap.name`, it is none, or lies elsewhere. `name`: of the connection, for the message.
    """
    parsed = parse_name(text)
    if parsed[len(parsed) - len(base) :] != base or len(parsed) < len(base):
        raise FlowError("connector.ldap.name", f"{text[:200]!r} does not lie beneath the `base` of {name}")
    return text


def name_of(text: str) -> Callable[[dict[str, Any]], str]:
    """What makes a name of values: `:name` stands for a value, which cannot be more than that; alone for a whole name.

    The callable raises FlowError `connector.ldap.value`.
    """
    whole = PARAMETER.fullmatch(text)
    if whole is not None:
        return lambda values: text_of(whole["name"], values[whole["name"]])
    return lambda values: PARAMETER.sub(lambda found: _escaped(text_of(found["name"], values[found["name"]])), text)


def text_of(name: str, value: Any) -> str:
    """The text of a parameter.

    Raises:
        FlowError: `connector.ldap.value`, it has none: it is empty, null, a list, an object, or bytes.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        what = "empty" if value is None or isinstance(value, str) else "no text"
        raise FlowError("connector.ldap.value", f"the parameter `:{name}` is {what}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise FlowError("connector.ldap.value", f"the parameter `:{name}` has one half of a character") from None
    return value


def _escaped(value: str) -> str:
    return "".join(each if _PLAIN.match(each) else "".join(f"\\{byte:02x}" for byte in each.encode()) for each in value)


def _folded(written: str) -> bytes:
    """A value as it is compared: escapes undone, blanks around it gone, small letters."""
    written = re.sub(r"(?<!\\)\s+\Z", "", written)

    def plain(found: re.Match[bytes]) -> bytes:
        return bytes.fromhex(found[1].decode()) if len(found[1]) == 2 else found[1]

    value = _ESCAPED.sub(plain, written.encode("utf-8", "surrogatepass"))
    try:
        return value.decode().casefold().encode()
    except UnicodeDecodeError:
        return value


def _no_name(text: str) -> FlowError:
    return FlowError("connector.ldap.name", f"{text[:200]!r} is no name of an entry, such as uid=ann,dc=example,dc=com")
