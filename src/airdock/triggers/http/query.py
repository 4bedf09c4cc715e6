"""Query strings, urlencoded forms and cookies as pairs of texts."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from airdock.errors import FlowError


def decode(text: str) -> str:
    """Undoes plus signs and percent escapes. What is not UTF-8 becomes U+FFFD, a broken escape stays."""
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text) if "%" in text else text


def parse_pairs(text: str, most: int) -> list[tuple[str, str]]:
    """The parameters of a query string or urlencoded form, in order; one without `=` has an empty value.

    Raises:
        FlowError: `request.query`, there are more than `most`.
    """
    if text.count("&") >= most:
        raise FlowError("request.query", f"More than {most} parameters were sent.")
    pairs = []
    for part in text.split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((decode(name), decode(value)))
    return pairs


def first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first value of each name."""
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values


def all_values(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Every value of each name, in order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def parse_cookies(text: str, most: int) -> dict[str, str]:
    """The cookies of a `Cookie` header; of two with one name the first, those beyond `most` are left out."""
    cookies: dict[str, str] = {}
    for part in text.split(";", most)[:most]:
        name, equals, value = part.partition("=")
        if equals:
            cookies.setdefault(name.strip(), _unquoted(value.strip()))
    return cookies


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def joined_fields(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Header fields by name; those of one name are one, as HTTP joins them."""
    headers: dict[str, Any] = {}
    for name, value in fields:
        present = headers.get(name)
        if present is not None:
            value = f"{present}; {value}" if name == "cookie" else f"{present}, {value}"
        headers[name] = value
    return headers
