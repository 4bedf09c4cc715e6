"""Who calls: what the handler asks of those that know the users."""

from collections.abc import Awaitable
from typing import Any, Protocol

import msgspec

from airdock.triggers.http.request import HttpRequest

BEARER = 'Bearer realm="airdock"'
BASIC = 'Basic realm="airdock", charset="UTF-8"'


class Caller(msgspec.Struct, frozen=True):
    """A signed-in caller.

    Attributes:
        roles: Names as flows and `.access` rules write them. every_role: The caller has whatever roles there are.
    """

    name: str
    roles: frozenset[str] = frozenset()
    every_role: bool = False

    def as_user(self) -> dict[str, Any]:
        """What flows see as `request.user`."""
        return {"name": self.name, "roles": sorted(self.roles)}


class Callers(Protocol):
    """Finds out who sent a request.

    It is asked only at addresses that need a caller, once per request. A credential that a browser sends by itself,
    such as a cookie, must count only where the request comes from the same site: nothing else protects flows from it.
    """

    @property
    def challenges(self) -> tuple[str, ...]:
        """Values of `WWW-Authenticate`, one for each way to sign in: `BEARER`, `BASIC`."""
        ...

    def find(self, request: HttpRequest) -> Caller | Awaitable[Caller | None] | None:
        """The caller; None when there is no credential, or none that is valid. Use `authorization` to read it.

        Raises:
            FlowError: it cannot be found out now; the request is then answered with it.
        """
        ...


class NoCallers:
    """Nobody can sign in."""

    challenges = (BEARER,)

    def find(self, request: HttpRequest) -> Caller | None:
        """Knows nobody."""
        return None


def authorization(request: HttpRequest) -> tuple[str, str] | None:
    """The scheme, in lower case, and the credential of the `Authorization` header.

    None where there is none, or more than one: then two servers on the way may each have read another one.
    """
    fields = request.take_all("authorization")
    if len(fields) != 1:
        return None
    scheme, _, credential = fields[0].strip().partition(" ")
    return scheme.lower(), credential.strip()
