"""Which modules a module requires by a literal name, so that they are at hand when it runs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Comments, texts and templates are matched so that a `require` inside them is passed over.
_TOKEN = re.compile(
    r"""
    (?P<skipped> //[^\n]* | /\*.*?\*/ )
  | (?<![\w$.]) require \s* \( \s* (?P<quote>['"]) (?P<name>(?:(?!(?P=quote))[^\\\n])+) (?P=quote) \s* \)
  | '(?:[^'\\\n]|\\.)*' | "(?:[^"\\\n]|\\.)*" | `(?:[^`\\]|\\.)*`
    """,
    re.VERBOSE | re.DOTALL,
)


class Required(NamedTuple):
    """A name in `require("name")`, and its line."""

    name: str
    line: int


def literal_requires(source: str) -> Iterator[Required]:
    """Every `require` of a literal name, in order."""
    if "require" not in source:
        return
    for match in _TOKEN.finditer(source):
        if match["name"] is not None:
            yield Required(match["name"], source.count("\n", 0, match.start()) + 1)


def candidates(name: str, required_from: str) -> list[str]:
    """The registry paths that `require(name)` tries in a module, in order.

    Raises:
        ValueError: the name leaves the registry.
    """
    parts = required_from.split("/")[:-1] if name.startswith(".") else []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise ValueError(f"the module {name!r} leaves the registry")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    path = "/".join(parts)
    return [path, f"{path}.js", f"{path}.json"]
