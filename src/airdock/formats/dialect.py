"""What reading and writing of CSV share: how the fields of a row are told apart."""

import csv
from typing import Any

from airdock.spec.fields import field
from airdock.spec.kinds import ListOf, Text

_CHARACTER = Text(r"[^\r\n]", "one character")
_ONE_OR_NONE = Text(r"[^\r\n]?", "one character, or none")

DELIMITER = field(_CHARACTER, "What stands between fields.", default=",", example=";")
QUOTE = field(
    _ONE_OR_NONE, "What stands around a field that holds the delimiter; doubled inside. Empty for none.", default='"'
)
ESCAPE = field(
    _ONE_OR_NONE, "What stands before a quote or a delimiter inside a field, where quotes are not doubled.", default=""
)
COLUMNS = field(
    ListOf(Text(".+", "a name")), "Names of the columns, instead of those found.", default=[], example=["sku", "price"]
)


def dialect_of(options: Any) -> dict[str, Any]:
    """The options as the library calls them."""
    return {
        "delimiter": options.delimiter,
        "quotechar": options.quote or None,
        "quoting": csv.QUOTE_MINIMAL if options.quote else csv.QUOTE_NONE,
        "escapechar": options.escape or None,
        "doublequote": not options.escape,
    }


def check_dialect(options: Any) -> list[tuple[str, str]]:
    """The rules between these options, for `Spec.check`."""
    problems = []
    marks = [mark for mark in (options.delimiter, options.quote, options.escape) if mark]
    if len(set(marks)) < len(marks):
        problems.append(("delimiter", "`delimiter`, `quote` and `escape` must differ"))
    twice = next((name for name in options.columns if options.columns.count(name) > 1), None)
    if twice is not None:
        problems.append(("columns", f"`columns` names {twice!r} twice"))
    return problems
