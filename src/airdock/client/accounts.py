"""Users and tokens by the API."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import UNSET

from airdock.api.tokens import MadeToken, NewToken, Token, TokenKind
from airdock.api.users import NewPassword, NewUser, User, UserChange
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of


class UserCalls:
    """`client.users`: people with accounts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Iterator[User]:
        """Every user."""
        return items(self._transport, User, "/users")

    def get(self, name: str) -> User:
        """A user."""
        return self._transport.read(User, path_of("users", name))

    def add(
        self, name: str, password: str | None = None, *, roles: Sequence[str], display_name: str = "", email: str = ""
    ) -> User:
        """Makes a user. Without a password they sign in at the OpenID Connect provider, or not at all."""
        body = NewUser(name=name, password=password, roles=list(roles), display_name=display_name, email=email)
        return self._transport.write(User, "POST", "/users", body)

    def change(
        self,
        name: str,
        *,
        roles: Sequence[str] | None = None,
        disabled: bool | None = None,
        display_name: str | None = None,
        email: str | None = None,
    ) -> User:
        """Changes a user; what is None stays."""
        given = {
            "roles": None if roles is None else list(roles),
            "disabled": disabled,
            "display_name": display_name,
            "email": email,
        }
        body = UserChange(**{field: UNSET if value is None else value for field, value in given.items()})  # type: ignore[arg-type]
        return self._transport.write(User, "PATCH", path_of("users", name), body)

    def set_password(self, name: str, password: str, current: str | None = None) -> None:
        """Sets a password; whoever changes their own gives the current one."""
        self._transport.send(
            "PUT", path_of("users", name, "password"), body=NewPassword(password=password, current=current)
        )

    def remove(self, name: str) -> None:
        """Removes a user, with their workspace, sandbox and tokens."""
        self._transport.send("DELETE", path_of("users", name))


class TokenCalls:
    """`client.tokens`: what programs sign in with."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Iterator[Token]:
        """The caller's tokens; an administrator's list has everybody's."""
        return items(self._transport, Token, "/tokens")

    def create(
        self,
        name: str,
        *,
        kind: TokenKind = "personal",
        roles: Sequence[str] = (),
        scopes: Sequence[str] | None = None,
        projects: Sequence[str] | None = None,
        expires: datetime | None = None,
    ) -> MadeToken:
        """Makes a token. Its text is in the answer, this once.

        Args:
            roles: Of a service; a personal token has those of its user.
            scopes, projects: The permissions and projects that it is limited to; None for no limit.
        """
        limits = {
            name: None if value is None else list(value) for name, value in (("scopes", scopes), ("projects", projects))
        }
        body = NewToken(name=name, kind=kind, roles=list(roles), expires=expires, **limits)
        return self._transport.write(MadeToken, "POST", "/tokens", body)

    def revoke(self, id: str) -> None:
        """Makes a token useless."""
        self._transport.send("DELETE", path_of("tokens", id))
