"""Requests to an OpenID Connect provider: JSON within bounds, and clear errors."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import httpx
import msgspec

from airdock.identity.errors import IdentityError
from airdock.identity.oidc_settings import OidcSettings, check_address

LONGEST_ANSWER = 1024 * 1024
"""Bytes."""

_JSON = msgspec.json.Decoder(dict[str, Any])


class Requests:
    """Sends requests; for several threads. No redirect is followed: the provider names its addresses itself."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._client = httpx.Client(timeout=settings.timeout, follow_redirects=False)

    def get(self, url: str, bearer: str = "") -> dict[str, Any]:
        """
        Args:
            bearer: A token to show.

        Raises:
            IdentityError: `identity.oidcUnavailable`, `identity.oidcConfiguration`
        """
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        status, document = self._send(httpx.Request("GET", check_address(url, "an address"), headers=headers))
        if status != 200:
            raise unavailable(url, f"it answered with status {status}")
        return document

    def post(self, url: str, form: Mapping[str, str], *, secret_in_form: bool) -> tuple[int, dict[str, Any]]:
        """Status and document of a form sent as the client that the settings name.

        Args:
            secret_in_form: The provider takes the client's secret as a field rather than by HTTP authentication.

        Raises:
            IdentityError: `identity.oidcUnavailable`, `identity.oidcConfiguration`
        """
        settings, fields, headers = self._settings, dict(form), {}
        if settings.client_secret and not secret_in_form:
            # Each is encoded as a form field before they are joined (RFC 6749, 2.3.1).
            pair = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = settings.client_id
            if settings.client_secret:
                fields["client_secret"] = settings.client_secret
        address = check_address(url, "an address")
        return self._send(httpx.Request("POST", address, headers=headers, data=fields))

    def close(self) -> None:
        self._client.close()

    def _send(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        request.headers["Accept"] = "application/json"
        request.extensions = {"timeout": httpx.Timeout(self._settings.timeout).as_dict()}
        url = str(request.url)
        try:
            response = self._client.send(request, stream=True)
            try:
                content = _read(response, url)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise unavailable(url, f"{type(error).__name__}: {error}") from None
        if response.status_code >= 500:
            raise unavailable(url, f"it answered with status {response.status_code}")
        try:
            return response.status_code, _JSON.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unavailable(url, f"it answered with status {response.status_code} and no JSON object") from None


def unavailable(url: str, reason: str) -> IdentityError:
    message = f"the provider of sign-in cannot be asked ({url.partition('?')[0]}): {reason}"
    return IdentityError("identity.oidcUnavailable", message)


def _read(response: httpx.Response, url: str) -> bytes:
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > LONGEST_ANSWER:
            raise unavailable(url, f"its answer is longer than {LONGEST_ANSWER} bytes")
    return bytes(content)
