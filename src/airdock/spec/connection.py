"""The declaration of a connection: how an external service is reached, and what steps and listeners share of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from airdock.errors import Place
from airdock.spec.channels import Endpoint
from airdock.spec.clock import Clock
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Module, OneOf, Text

SECRET_NAME = Text(
    r"[A-Za-z][A-Za-z0-9_.-]{0,99}", "the name of a secret: a letter, then letters, digits, '_', '.', '-'"
)


class Secret(Spec):
    """A value that stands elsewhere: in the environment, a file, or the database (`airdock secrets`)."""

    secret: str = field(SECRET_NAME, "Name of the secret.", default=REQUIRED, example="crm-password")


def secrets_in(element: Spec) -> Iterator[Secret]:
    """The secrets that an element names, those inside included."""
    waiting: list[Any] = [element]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Secret):
            yield value
        elif isinstance(value, Spec):
            waiting += value.values().values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()


def files_in(element: Spec) -> Iterator[str]:
    """The files of the registry that an element names, those inside included."""
    for name, attribute in element.attributes.items():
        kind, value = element.fields[name].kind, getattr(element, attribute)
        if isinstance(kind, Module) or (isinstance(kind, OneOf) and isinstance(value, str)):
            named = isinstance(kind, Module) or any(isinstance(each, Module) for each in kind.kinds)
            yield from [value] if value and named else []
            continue
        for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]:
            if isinstance(each, Spec):
                yield from files_in(each)


class Client(Protocol):
    """What reaches the service: pools, sessions. For the event loop in which it was opened."""

    async def check(self) -> None:
        """Asks the service for a sign of life that changes nothing there.

        Raises:
            FlowError: `connector.unavailable`, it cannot be reached; `connector.refused`, it takes no such caller.
        """

    async def close(self) -> None:
        """Gives everything back. Called once, when nobody uses it any more; it raises nothing."""


class Network(Protocol):
    """Where the installation lets HTTP and its kin go, beyond what connections name."""

    def allows(self, address: str) -> bool:
        """Whether an IP address may be connected to: a public one, or a private one that the installation allows."""


class Folders(Protocol):
    """Where the installation lets connections keep files."""

    def inside(self, path: str) -> Path:
        """Where a file lies; a relative path begins in the folder that every installation has.

        Raises:
            FlowError: `connector.folder`, it is in no folder that connections may reach.
        """


class Opening(NamedTuple):
    """What a connection may use when it is opened.

    Attributes:
        name: Its path, `project/crm.connection`, for messages.
        secret: The value of a secret; raises FlowError `connector.secret` where it is not there.
        file: What a file of the registry holds, such as a certificate; None when there is none.
        network: Where HTTP may go. clock: Time. folders: Where files may be.
    """

    name: str
    secret: Callable[[Secret], str]
    file: Callable[[str], bytes | None]
    network: Network
    clock: Clock
    folders: Folders


class Connection(Spec):
    """A named, reusable, secured way to reach an external service.

    Each `type` has fields of its own beside these; the reference of connections has a page for each.

    Attributes:
        type: The word in the descriptor; subclasses set it, declare fields, and have their page as their docstring.
        requires: The extra of Airdock whose packages it needs; empty for none.
        example: A whole descriptor for the reference.
    """

    type: ClassVar[str] = ""
    requires: ClassVar[str] = ""
    example: ClassVar[dict[str, Any] | None] = None

    description: str = field(Text(), "What it reaches.", default="")

    async def connect(self, opening: Opening) -> Client:
        """A new client. It need not have reached the service; every use may find it away and come back.

        Raises:
            FlowError: `connector.unavailable`, `connector.refused`, or `connector.missing` with the line that installs
                a missing package.
        """
        raise NotImplementedError

    def fake(self) -> Client:
        """A client in memory that keeps the promises of the real one, for tests of flows."""
        raise NotImplementedError

    def endpoints(self) -> list[Endpoint]:
        """Where it goes, for the AsyncAPI document; never who signs in."""
        return [Endpoint(self.type)]


C = TypeVar("C", bound=Connection)
"""A type of connection."""


class Link(Protocol):
    """A connection as a step or listener holds it, the same one for all of a process.

    Attributes:
        path: `project/crm.connection`.
    """

    path: str

    @property
    def connection(self) -> Any:
        """Its declaration as it is now; None when it is not enabled any more."""

    def use(self) -> AbstractAsyncContextManager[Any]:
        """The client, opened at the first use and shared; it stays open at least until the context is left.

        What goes through as `connector.unavailable` or `connector.refused` shows in the connection's state.

        Raises:
            FlowError: what `connect` raises; `connector.unavailable` at once while a reconnection is put off.
        """


class Connecting(Protocol):
    """Finds connections by their path, while something is compiled that uses them."""

    def connection(self, path: str, kinds: tuple[type[Connection], ...], place: Place) -> Link:
        """The connection of one of these types that stands at a path, `project/crm.connection`.

        Raises:
            DescriptorError: `descriptor.reference`, there is none, or it is of another type.
        """

    def declaration(self, path: str, kinds: tuple[type[C], ...], place: Place) -> C:
        """The same one as it is declared, to check by it what is compiled; when that runs it may be another one.

        Raises:
            DescriptorError: as `connection`.
        """

    def hub(self) -> Link:
        """The built-in message hub; its client publishes as those of brokers do. A sandbox's is apart."""
