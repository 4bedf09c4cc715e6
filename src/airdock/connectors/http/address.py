"""The addresses that a step makes: text of the author, into which values go percent-encoded."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template, render_text

Make = Callable[[Exchange], str]

_STRAY = re.compile(r"//|(?:^|/)\.\.?(?=/|$)")
"""What leads elsewhere than the segments of a path say."""
_ORIGIN = re.compile(r"https?://[^/?#\s]+(?=[/?]|$)", re.IGNORECASE)


def origin_in(template: Template) -> str:
    """The scheme, host and port that the author wrote in front of an address; empty where a value makes them."""
    first: Any = template.parts[0] if template.parts else template.value
    found = _ORIGIN.match(first) if isinstance(first, str) else None
    if found is None or (found.end() == len(first) and len(template.parts) > 1):
        # The end of the text is the end of the host only where no value follows.
        return ""
    return found[0]


def path_problem(template: Template, start: int = 0) -> str:
    """What is wrong with the author's own part of a path, which begins at `start`; empty for nothing."""
    if template.parts and not isinstance(template.parts[0], str) and len(template.parts) == 1:
        return ""
    written = "".join(part if isinstance(part, str) else "x" for part in template.parts or (template.value,))[start:]
    path = written.partition("?")[0]
    if "#" in written or re.search(r"[\s\\\x00-\x1f\x7f]", written):
        return "`#`, a backslash, white space and control characters do not stand in an address"
    return "a path has no `.`, no `..` and no `//`" if _STRAY.search(path) else ""


def compile_path(template: Template, start: int = 0) -> str | Make:
    """The path, with what the author wrote behind a `?`, or what makes it.

    A value stands for one segment, or a part of one: whatever is in it, it adds none and leaves none.

    Args:
        start: So many characters in front are left out.

    The callable raises FlowError `connector.http.address`.
    """
    if template.constant:
        return _begun(_encoded(template.value[start:]))
    parts: list[tuple[str, Callable[[Exchange], Any] | None, bool]] = []
    in_path = True
    for part in template.parts:
        if isinstance(part, str):
            text, start = part[start:], 0
            in_path = in_path and "?" not in text
            parts.append((_encoded(text), None, in_path))
        else:
            parts.append(("", part.evaluate, in_path))

    def make(exchange: Exchange) -> str:
        texts = [text if evaluate is None else _value(evaluate(exchange), path) for text, evaluate, path in parts]
        made = "".join(texts)
        if _STRAY.search(made.partition("?")[0]):
            raise FlowError("connector.http.address", "a value in the path would lead out of its place: `.` or `..`")
        return _begun(made)

    return make


def compile_query(query: Mapping[str, Template]) -> str | Make:
    """The query without its question mark, or what makes it. A list repeats its name, null leaves it out."""
    if all(value.constant for value in query.values()):
        return "&".join(
            _pairs(quote(name, safe=""), value.value) for name, value in query.items() if _given(value.value)
        )
    fields = [(quote(name, safe=""), value.evaluate) for name, value in query.items()]

    def make(exchange: Exchange) -> str:
        made = [(name, evaluate(exchange)) for name, evaluate in fields]
        return "&".join([_pairs(name, value) for name, value in made if _given(value)])

    return make


def _given(value: Any) -> bool:
    return value is not None and value != []


def _pairs(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "&".join([_pairs(name, each) for each in value if each is not None])
    return f"{name}={quote(value if type(value) is str else render_text(value), safe='')}"


def _value(value: Any, in_path: bool) -> str:
    text = value if type(value) is str else "" if value is None else render_text(value)
    if in_path and not text:
        raise FlowError("connector.http.address", "a value in the path is missing or empty")
    return quote(text, safe="")


def _encoded(text: str) -> str:
    return quote(text, safe="/%:@!$&'()*+,;=~?-._[]")


def _begun(path: str) -> str:
    return path if not path or path[0] in "/?" else f"/{path}"
