"""Signing in at an OpenID Connect provider, by the authorization code flow with PKCE."""

import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from airdock.identity import oidc_token, oidc_users
from airdock.identity.errors import IdentityError
from airdock.identity.identity import Identity, SignedIn
from airdock.identity.oidc_person import is_complete, person_of
from airdock.identity.oidc_provider import Metadata, Provider
from airdock.identity.oidc_settings import OidcSettings
from airdock.identity.oidc_state import LONGEST_SIGN_IN, State, StateCookies

__all__ = ["Begun", "OidcSettings", "OpenIdConnect"]


class Begun(NamedTuple):
    """A sign-in that was begun.

    Attributes:
        url: Where the browser goes to.
        cookie: What the browser keeps till it comes back, for `OpenIdConnect.cookie_age` seconds, and nobody else sees.
    """

    url: str
    cookie: str

    def __repr__(self) -> str:
        return f"Begun(url={self.url.partition('?')[0]!r}, ...)"


class OpenIdConnect:
    """Signs people in at the provider that the settings name. For several threads; it waits for the provider.

    Raises:
        IdentityError: `identity.oidcConfiguration`, the settings cannot be right.
    """

    cookie_age = LONGEST_SIGN_IN

    def __init__(self, identity: Identity, settings: OidcSettings) -> None:
        settings.check()
        self._identity = identity
        self._settings = settings
        self._provider = Provider(settings)
        self._cookies = StateCookies(identity.store)
        self._roles_claim = settings.roles_claim if settings.gives_roles else ""

    def begin(self, redirect_uri: str) -> Begun:
        """Begins a sign-in.

        Args:
            redirect_uri: Where the provider sends the browser back to; it must know it.

        Raises:
            IdentityError: `identity.oidcUnavailable`, `identity.oidcConfiguration`
        """
        endpoint = self._provider.metadata().authorization_endpoint
        state, cookie = self._cookies.begin(redirect_uri)
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._settings.client_id,
                "redirect_uri": redirect_uri,
                "scope": " ".join(self._settings.scopes),
                "state": state.state,
                "nonce": state.nonce,
                "code_challenge": state.challenge,
                "code_challenge_method": "S256",
            }
        )
        return Begun(f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}", cookie)

    def finish(self, cookie: str, query: Mapping[str, str], redirect_uri: str, remote: str = "") -> SignedIn:
        """Ends a sign-in: the user is made or brought up to date, and a session of theirs begins.

        Args:
            cookie: What `begin` gave; the browser forgets it now.
            query: The parameters with which the browser came back.

        Raises:
            IdentityError: `identity.oidcState`, `identity.oidcRefused`, `identity.oidcToken`, `identity.disabled`,
                `identity.lastAdministrator`, `identity.oidcUnavailable`, `identity.oidcConfiguration`
        """
        state = self._cookies.read(cookie)
        code = self._code(state, query, redirect_uri)
        tokens = self._provider.redeem(code, state.verifier, state.redirect_uri)
        now = self._identity.store.now()
        claims = oidc_token.verify(tokens.id_token, self._provider, self._settings, state.nonce, now)
        if not is_complete(claims, self._roles_claim):
            claims = self._with_userinfo(claims, tokens.access_token)
        return oidc_users.sign_in(self._identity, person_of(claims, self._roles_claim), remote)

    def close(self) -> None:
        self._provider.close()

    def _code(self, state: State, query: Mapping[str, str], redirect_uri: str) -> str:
        given = query.get("state", "").encode(errors="replace")
        if not hmac.compare_digest(given, state.state.encode()) or redirect_uri != state.redirect_uri:
            raise IdentityError("identity.oidcState", "this is not the end of the sign-in that was begun: begin again")
        _check_issuer(self._provider.metadata(), query.get("iss"))
        if query.get("error"):
            reason = query["error"][:100].encode("ascii", "replace").decode()
            reason = reason if reason.isprintable() else "no reason"
            raise IdentityError("identity.oidcRefused", f"the provider refused the sign-in: {reason}")
        if not query.get("code"):
            raise IdentityError("identity.oidcState", "the provider sent neither a code nor an error: begin again")
        return query["code"]

    def _with_userinfo(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        more = self._provider.userinfo(access_token)
        # Only what is told of the same person counts, and what was signed counts more.
        return {**more, **claims} if more.get("sub") == claims["sub"] else claims


def _check_issuer(metadata: Metadata, given: str | None) -> None:
    """Whether the provider that sent the browser back is the right one (RFC 9207)."""
    if given is None and not metadata.authorization_response_iss_parameter_supported:
        return
    if given != metadata.issuer:
        raise IdentityError("identity.oidcState", "another provider ended the sign-in: begin again")
