"""Paths of requests: where flows answer, what no address holds, and the plain form of a path."""

import re
from unicodedata import category, normalize
from urllib.parse import unquote

from airdock.errors import FlowError

FLOWS = "/services/flow"
SECURED = f"{FLOWS}-secured/"
SANDBOX = f"{FLOWS}-sandbox/"

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]|//|(?:^|/)\.\.?(?:/|$)")
_MOST_ESCAPES = 4
"""How often percent escapes are undone: more of them inside each other stand for no plain form."""


def check_path(path: str) -> None:
    """Refuses what no address holds.

    Raises:
        FlowError: `request.path`.
    """
    if _UNSAFE.search(path):
        raise FlowError("request.path", "The address has control characters, '\\', '//', or a part '.' or '..'.")


def fold(path: str) -> str:
    """A path as a careless reader would take it.

    Escapes that are left are undone, look-alike characters (of other widths, forms and cases) are one, invisible
    characters and spaces at the ends of a part are left out.
    """
    for _ in range(_MOST_ESCAPES):
        if "%" not in path:
            break
        path = unquote(path)
    if not path.isascii():
        path = normalize("NFKC", normalize("NFKC", path).casefold())
        path = "".join(char for char in path if category(char) != "Cf")
    return "/".join(part.strip() for part in path.casefold().split("/"))


def check_plain(path: str) -> None:
    """Refuses a path that has no plain form, and one whose plain form is what no address holds.

    Raises:
        FlowError: `request.path`.
    """
    folded = fold(path)
    if "\ufffd" in folded or unquote(folded) != folded:
        raise FlowError("request.path", "The address has characters or escapes that cannot be read in one way.")
    check_path(folded)
