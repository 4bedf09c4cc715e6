"""What a directory does for steps, whether it is a server or the fake."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from airdock.connectors.ldap.filters import Node
from airdock.connectors.ldap.names import Name
from airdock.spec.connection import Client

Values = dict[str, list[bytes]]
"""Attributes of an entry by name."""

SCOPES = ("subtree", "children", "entry")


class Entry(NamedTuple):
    """An entry: its name and its attributes."""

    dn: str
    attributes: Values


class Search(NamedTuple):
    """What is looked for. `attributes`: those wanted; all if empty. `most`: more entries are an error."""

    base: str
    scope: str
    filter: Node
    attributes: Sequence[str]
    most: int


Changes = Mapping[str, Values]
"""`add`, `replace`, `delete`, each with attributes; no values of `delete`: all of them."""


class Directory(Client, Protocol):
    """A directory.

    All of these raise FlowError `connector.unavailable`, `connector.refused`, `connector.timeout`,
    `connector.ldap.missing`, `connector.ldap.denied`, `connector.ldap.rejected`.

    Attributes:
        name: The connection's. base: Beneath which everything lies that steps reach.
    """

    name: str
    base: Name

    async def search(self, wanted: Search) -> list[Entry]:
        """The entries that fit; raises `connector.ldap.tooMany`, too."""

    async def compare(self, dn: str, attribute: str, value: bytes) -> bool:
        """Whether an attribute of an entry has a value."""

    async def bind(self, dn: str, password: str) -> bool:
        """Whether this is the password of an entry; false for an empty one, and for an entry that is not there."""

    async def add(self, dn: str, attributes: Values) -> None:
        """Makes an entry; raises `connector.ldap.exists`, too."""

    async def modify(self, dn: str, changes: Changes) -> None:
        """Changes an entry, all of it or nothing."""

    async def delete(self, dn: str) -> None:
        """Removes an entry."""


def plain(value: bytes) -> Any:
    """A value as messages have it: a text, or bytes where it is none."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
