"""Finding the connections that descriptors name."""

from typing import Protocol, cast

from airdock.connectors.links import ConnectionLink, Links
from airdock.errors import DescriptorError, Place, Problem
from airdock.spec.connection import C, Connection, Link


class Around(Protocol):
    """What stands around a descriptor."""

    def connection(self, path: str) -> Connection | None:
        """The connection that stands at `project/crm.connection`; None when there is none."""

    def meant(self, path: str) -> str:
        """What an author meant who named a path that is not there; may be empty."""

    def flow_key(self, path: str) -> str:
        """Under which name it is known among those of all spaces."""


class LinkFinder:
    """Finds connections for one descriptor; see `airdock.spec.connection.Connecting`."""

    def __init__(self, links: Links, around: Around) -> None:
        self._links = links
        self._around = around

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        return link_of(self._links, self._around.flow_key(path), self._found(path, place), kinds, place)

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        declared = self._found(path, place)
        check_kind(path, declared, kinds, place)
        return cast(C, declared)

    def unnamed(self, connection: Connection) -> Link:
        return self._links.unnamed(connection)

    def _found(self, path: str, place: Place) -> Connection:
        found = self._around.connection(path)
        if found is None:
            hint = self._around.meant(path)
            raise DescriptorError([Problem("descriptor.reference", f"there is no connection {path!r}", place, hint)])
        return found


def link_of(
    links: Links, name: str, connection: Connection, kinds: tuple[type[Connection], ...], place: Place
) -> ConnectionLink:
    """The link of a connection that a descriptor names, if it is of one of these types.

    Raises:
        DescriptorError: `descriptor.reference`.
    """
    check_kind(name, connection, kinds, place)
    return links.at(name)


def check_kind(name: str, connection: Connection, kinds: tuple[type[Connection], ...], place: Place) -> None:
    """Raises DescriptorError `descriptor.reference` where a connection is of none of these types."""
    if not isinstance(connection, kinds):
        wanted = " or ".join(f"`{each.type}`" for each in kinds)
        message = f"{name!r} is a `{connection.type}` connection; {wanted} is needed here"
        raise DescriptorError([Problem("descriptor.reference", message, place)])
