"""What an OpenID Connect provider is known by."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from airdock.identity.errors import IdentityError


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The provider, and this installation as its client.

    Attributes:
        issuer: As the provider itself writes it.
        client_secret: Empty for a public client, which has none.
        roles_claim: The claim with a person's roles, with dots for one inside another (`realm_access.roles`). `none`,
            or empty: roles are given here.
        timeout: Seconds that each request to the provider may take.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    roles_claim: str = "roles"
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    timeout: float = 10.0

    def __repr__(self) -> str:
        return f"OidcSettings(issuer={self.issuer!r}, client_id={self.client_id!r}, ...)"

    @property
    def gives_roles(self) -> bool:
        """Whether the provider says which roles a person has."""
        return self.roles_claim not in ("", "none")

    def check(self) -> None:
        """
        Raises:
            IdentityError: `identity.oidcConfiguration`
        """
        check_address(self.issuer, "the issuer")
        if not self.client_id:
            raise IdentityError("identity.oidcConfiguration", "sign-in needs the client id that the provider gave")


def check_address(url: str, what: str) -> str:
    """The address, if nobody can listen in on the way to it: HTTPS, or this machine.

    Raises:
        IdentityError: `identity.oidcConfiguration`
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise IdentityError("identity.oidcConfiguration", f"{what} of the provider is no address: {url!r}") from None
    if host and parts.username is None and (parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))):
        return url
    message = f"{what} of the provider must begin with https:// (http:// only on this machine): {url!r}"
    raise IdentityError("identity.oidcConfiguration", message)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
