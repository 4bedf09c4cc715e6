"""Who is calling: by a token, a name and a password, a session's cookie, or by being the person at this machine."""

import binascii
from base64 import b64decode
from typing import Any, NamedTuple

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException

from airdock.api.session import COOKIE
from airdock.identity import LOCAL, Authenticator, Principal, Session
from airdock.server.management.hosts import is_local, is_loopback

Connection = ASGIConnection[Any, Any, Any, Any]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class SignedIn(NamedTuple):
    """A caller, and the session whose cookie signed them in, if one did."""

    principal: Principal
    session: Session | None = None


class SignIn:
    """Recognises callers. Its methods may wait for the database."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def find(self, connection: Connection) -> SignedIn | None:
        """Who is calling; None for nobody known.

        Raises:
            NotAuthorizedException: what was sent to sign in with is not accepted; it is never passed over.
        """
        if authorizations := connection.headers.getall("authorization", []):
            return SignedIn(self._by_header(authorizations, remote_of(connection)))
        if cookie := connection.cookies.get(COOKIE):
            found = self._authenticator.session(cookie)
            if found is not None:
                return SignedIn(*found)
        if is_at_this_machine(connection) and self._authenticator.is_open:
            return SignedIn(LOCAL)
        return None

    def _by_header(self, authorizations: list[str], remote: str) -> Principal:
        if len(authorizations) > 1:
            # Two servers on the way may each have read another one.
            raise NotAuthorizedException("There is more than one Authorization header.")
        scheme, _, value = authorizations[0].partition(" ")
        if scheme.lower() == "bearer":
            principal = self._authenticator.bearer(value.strip())
        elif scheme.lower() == "basic":
            principal = self._authenticator.basic(*_credentials(value), remote)
        else:
            raise NotAuthorizedException("Authorization: Bearer with a token, or Basic with a name and a password.")
        if principal is None:
            raise NotAuthorizedException("The token, or the name and password, is not valid.")
        return principal


def is_at_this_machine(connection: Connection) -> bool:
    """Whether a program of this machine asks for a name of this machine, and not on behalf of somebody else."""
    client = connection.client
    if client is None or not is_loopback(client.host) or not is_local(connection.headers.get("host", "")):
        return False
    # A proxy at this machine brings callers from elsewhere.
    return not any(name in connection.headers for name in _FORWARDED)


def remote_of(connection: Connection) -> str:
    """The address that a call came from, as far as it is known: a proxy at this machine is believed."""
    client = connection.client
    if client is None:
        return ""
    forwarded = connection.headers.get("x-forwarded-for", "")
    if forwarded and is_loopback(client.host):
        return forwarded.rpartition(",")[2].strip()[:100]
    return client.host


def _credentials(value: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotAuthorizedException("The credentials of Basic cannot be read.") from None
    if not colon:
        raise NotAuthorizedException("The credentials of Basic cannot be read.")
    return name, password
