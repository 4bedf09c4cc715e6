"""Users and tokens, of a server by its API or of the installation on this machine."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from airdock.api.tokens import MadeToken, Token
from airdock.api.users import User
from airdock.cli.terminal import fail

if TYPE_CHECKING:
    from airdock.client import Client

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="State of the installation.", show_default="AIRDOCK_HOME, else ~/.airdock"
    ),
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="Management port of a server, to work through its API.",
        show_default="AIRDOCK_SERVER, else the installation on this machine",
    ),
]


class Accounts(Protocol):
    """What the commands do with users and tokens. A refusal ends the program."""

    def users(self) -> list[User]: ...

    def add(self, name: str, password: str | None, roles: Sequence[str], display_name: str, email: str) -> User: ...

    def change(self, name: str, *, roles: Sequence[str] | None = None, disabled: bool | None = None) -> User: ...

    def needs_current(self, name: str) -> bool:
        """Whether the present password must be given to set another one."""
        ...

    def set_password(self, name: str, password: str, current: str | None) -> None: ...

    def remove(self, name: str) -> None: ...

    def tokens(self) -> list[Token]: ...

    def create_token(
        self, name: str, user: str | None, service: Sequence[str] | None, limits: dict[str, Any]
    ) -> MadeToken:
        """Makes a token of a user, of oneself for None; or of a service with these roles."""
        ...

    def revoke_token(self, id: str) -> None: ...


@contextmanager
def accounts(server: str | None, home: Path | None) -> Iterator[Accounts]:
    """The accounts that a command is about."""
    if server and home:
        fail("--server and --home exclude each other: keep one", 2)
    if server or (home is None and os.environ.get("AIRDOCK_SERVER")):
        from airdock.cli.server_options import connected

        with connected(server) as client:
            yield _ServerAccounts(client)
        return
    from airdock.cli.local_accounts import installation

    with installation(home) as found:
        yield found


class _ServerAccounts:
    def __init__(self, client: "Client") -> None:
        self._client = client

    def users(self) -> list[User]:
        return list(self._client.users.list())

    def add(self, name: str, password: str | None, roles: Sequence[str], display_name: str, email: str) -> User:
        return self._client.users.add(name, password, roles=roles, display_name=display_name, email=email)

    def change(self, name: str, *, roles: Sequence[str] | None = None, disabled: bool | None = None) -> User:
        return self._client.users.change(name, roles=roles, disabled=disabled)

    def needs_current(self, name: str) -> bool:
        return self._client.session().user == name

    def set_password(self, name: str, password: str, current: str | None) -> None:
        self._client.users.set_password(name, password, current)

    def remove(self, name: str) -> None:
        self._client.users.remove(name)

    def tokens(self) -> list[Token]:
        return list(self._client.tokens.list())

    def create_token(
        self, name: str, user: str | None, service: Sequence[str] | None, limits: dict[str, Any]
    ) -> MadeToken:
        if user is not None and user != self._client.session().user:
            fail(
                "through a server everybody makes their own tokens",
                2,
                "--home makes one of somebody else, on the machine.",
            )
        kind: Any = "personal" if service is None else "service"
        return self._client.tokens.create(name, kind=kind, roles=service or (), **limits)

    def revoke_token(self, id: str) -> None:
        self._client.tokens.revoke(id)


def moment_after(written: str, now: datetime) -> datetime | None:
    """When something ends that is to last so long: `90d`; None for `never`. Ends the program for anything else."""
    from datetime import timedelta

    from airdock.units import parse_duration

    if written == "never":
        return None
    try:
        return now + timedelta(seconds=parse_duration(written))
    except (ValueError, OverflowError) as error:
        fail(f"--expires is a duration such as 90d, or `never`: {error}", 2)
