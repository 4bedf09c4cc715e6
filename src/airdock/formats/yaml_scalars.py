"""What a plain scalar of YAML means, by the core schema of YAML 1.2."""

import re
from typing import Any

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_WHOLE = re.compile(r"[-+]?[0-9]++|0o[0-7]++|0x[0-9a-fA-F]++")
_FLOAT = re.compile(r"[-+]?(\.[0-9]++|[0-9]++(\.[0-9]*+)?+)([eE][-+]?[0-9]++)?+")
_BASES = {"0o": 8, "0x": 16}
_LONGEST = 4300
_KINDS: dict[str, type[Any]] = {"int": int, "float": float, "bool": bool, "null": type(None)}


class NotOfTypeError(ValueError):
    """A scalar cannot be what it should; the message says so."""


def plain_scalar(text: str) -> Any:
    """The value of a scalar without quotes; its text where it is none of null, a boolean and a number.

    Raises:
        NotOfTypeError: it is a number that has too many digits, or that no double can hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        if len(text) > _LONGEST:
            raise NotOfTypeError("a number has too many digits")
        return int(text[2:], _BASES[text[:2]]) if text[:2] in _BASES else int(text)
    if _FLOAT.fullmatch(text) is None:
        return text
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotOfTypeError(f"the number {text[:40]!r} is too large")
    return value


def tagged_scalar(text: str, kind: str) -> Any:
    """The value of a scalar with a tag.

    Args:
        kind: `"str"`, `"int"`, `"float"`, `"bool"` or `"null"`.

    Raises:
        NotOfTypeError: it is none.
    """
    if kind == "str":
        return text
    value = plain_scalar(text)
    if kind == "float" and type(value) is int:
        return float(value)
    if type(value) is not _KINDS[kind]:
        raise NotOfTypeError(f"{text[:40]!r} does not fit its tag !!{kind}")
    return value
