"""An OpenID Connect provider: what it says of itself, its keys, and the exchange of codes for tokens."""

import threading
import time
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from airdock.identity.errors import IdentityError
from airdock.identity.oidc_requests import Requests, unavailable
from airdock.identity.oidc_settings import OidcSettings, check_address

REMEMBERED = 3600.0
"""Seconds that the provider's description and keys are taken from memory."""
_ASYMMETRIC = ("RSA", "EC", "OKP")


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself, as far as it is used (OpenID Connect Discovery)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """What the provider gave for a code."""

    id_token: str
    access_token: str = ""

    def __repr__(self) -> str:
        return "Tokens(...)"


class Provider:
    """The provider that the settings name. For several threads.

    Every method raises `IdentityError`: `identity.oidcUnavailable` when it does not answer as it should, and
    `identity.oidcConfiguration` when it is not the one that the settings name.
    """

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._requests = Requests(settings)
        self._lock = threading.Lock()
        self._metadata: tuple[Metadata, float] | None = None
        self._keys: tuple[list[Key], float] | None = None

    def metadata(self) -> Metadata:
        kept = self._metadata
        if kept is not None and time.monotonic() < kept[1]:
            return kept[0]
        found = self._discover()
        self._metadata = (found, time.monotonic() + REMEMBERED)
        return found

    def keys(self, *, anew: bool = False) -> list[Key]:
        """The public keys that it signs with.

        Args:
            anew: Ask even if they are remembered: it may have others since.
        """
        with self._lock:
            kept = self._keys
            if kept is None or anew or time.monotonic() >= kept[1]:
                kept = (self._fetch_keys(), time.monotonic() + REMEMBERED)
                self._keys = kept
            return kept[0]

    def redeem(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """The tokens for a code.

        Raises:
            IdentityError: `identity.oidcRefused`, too: the code is not good, or no longer.
        """
        metadata = self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        methods = metadata.token_endpoint_auth_methods_supported
        in_form = "client_secret_basic" not in methods and "client_secret_post" in methods
        status, document = self._requests.post(metadata.token_endpoint, form, secret_in_form=in_form)
        if status != 200:
            raise _refusal(document, status)
        try:
            return msgspec.convert(document, Tokens)
        except msgspec.ValidationError:
            raise unavailable(metadata.token_endpoint, "it gave no id token") from None

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """More claims of the person, where the provider has them apart; else none."""
        endpoint = self.metadata().userinfo_endpoint
        return self._requests.get(endpoint, access_token) if endpoint and access_token else {}

    def close(self) -> None:
        self._requests.close()

    def _discover(self) -> Metadata:
        issuer = self._settings.issuer
        url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = msgspec.convert(self._requests.get(url), Metadata)
        except msgspec.ValidationError as error:
            raise unavailable(url, f"its description is not that of a provider: {error}") from None
        if found.issuer != issuer:
            message = f"the provider calls itself {found.issuer!r}, the setting says {issuer!r}: they must be the same"
            raise IdentityError("identity.oidcConfiguration", message)
        for endpoint in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            check_address(endpoint, "an address")
        return found

    def _fetch_keys(self) -> list[Key]:
        url = self.metadata().jwks_uri
        listed = self._requests.get(url).get("keys")
        if not isinstance(listed, list):
            raise unavailable(url, "it lists no keys")
        return [key for key in map(_key, listed) if key is not None]


def _key(document: Any) -> Key | None:
    # Of a kind that this program cannot verify with, or a shared secret, which a public list cannot hold.
    if not isinstance(document, dict) or document.get("kty") not in _ASYMMETRIC or document.get("use") == "enc":
        return None
    try:
        return JWKRegistry.import_key(document)
    except (JoseError, ValueError):
        return None


def _refusal(document: dict[str, Any], status: int) -> IdentityError:
    code = str(document.get("error", ""))[:100]
    reason = code if code.isprintable() and code else f"status {status}"
    if code in ("invalid_client", "unauthorized_client"):
        return IdentityError(
            "identity.oidcConfiguration", f"the provider does not accept the client's id and secret: {reason}"
        )
    return IdentityError("identity.oidcRefused", f"the provider refused the sign-in ({reason}): begin again")
