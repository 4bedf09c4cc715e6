"""What of a database belongs into a backup. Anything that is not named here does."""

from typing import Any

TRANSIENT = frozenset({"sessions", "node_processes", "node_artefacts"})
"""Tables about browsers that are signed in and processes that run: they mean nothing elsewhere."""

SECRET_TABLES = frozenset({"secrets", "tokens", "identity_keys"})
"""Tables that a backup without secrets leaves out."""

SECRET_COLUMNS = frozenset({("users", "password")})
"""Columns that are null in a backup without secrets."""


class Selection:
    """What is backed up."""

    def __init__(self, *, secrets: bool) -> None:
        self.secrets = secrets

    def has(self, table: str) -> bool:
        """Whether the rows of a table belong to it."""
        return table not in TRANSIENT and (self.secrets or table not in SECRET_TABLES)

    def hidden(self, table: str, columns: list[str]) -> list[int]:
        """The places of the columns that are null in it."""
        if self.secrets:
            return []
        return [place for place, column in enumerate(columns) if (table, column) in SECRET_COLUMNS]


def without(values: list[Any], hidden: list[int]) -> list[Any]:
    """The values of a row, null where they are hidden."""
    for place in hidden:
        values[place] = None
    return values
