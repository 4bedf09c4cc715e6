"""What proves to Google who calls: tokens for which a service account signs."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from airdock.connectors.errors import refused
from airdock.connectors.file.asking import Asking, words
from airdock.connectors.http.reach import read_address
from airdock.errors import FlowError
from airdock.spec.clock import Clock

_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = 3600
_EARLY = 60.0
"""Seconds before its end at which a token is renewed."""


class Token:
    """A token, renewed once for all that wait."""

    def __init__(self, key: str, clock: Clock, name: str) -> None:
        """Raises FlowError: `connector.failed`, the key is none of a service account."""
        try:
            account = json.loads(key)
            self._email, self._uri = str(account["client_email"]), read_address(account["token_uri"]).url
            self._key_id = str(account.get("private_key_id", ""))
            self._key = RSAKey.import_key(account["private_key"])
        except (ValueError, KeyError, TypeError, AttributeError, FlowError):
            # Its words could have parts of the key.
            message = f"{name}: the secret of `key` is no key of a service account, as JSON"
            raise FlowError("connector.failed", message) from None
        self._clock = clock
        self._name = name
        self._lock = asyncio.Lock()
        self._value = ""
        self._until = 0.0

    async def header(self, asking: Asking) -> dict[str, str]:
        """Raises FlowError: `connector.refused`, and what asking does."""
        async with self._lock:
            if self._clock.monotonic() >= self._until:
                await self._renew(asking)
        return {"Authorization": f"Bearer {self._value}"}

    def forget(self) -> None:
        """It was refused: the next use has another one."""
        self._until = 0.0

    async def _renew(self, asking: Asking) -> None:
        now = int(self._clock.now())
        claims = {"iss": self._email, "scope": _SCOPE, "aud": self._uri, "iat": now, "exp": now + _LIFE}
        signed = jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self._key_id}, claims, self._key)
        form = urlencode({"grant_type": _GRANT, "assertion": signed}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await asking.ask("POST", self._uri, headers, form, most=1024**2)
        told: Any = None
        if answer.status == 200:
            try:
                told = json.loads(answer.content)
            except ValueError:
                pass
        if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
            raise refused(self._name, words(answer))
        self._value = told["access_token"]
        self._until = self._clock.monotonic() + float(told.get("expires_in") or _LIFE) - _EARLY
