"""OAuth 2: a token that is fetched, kept, and renewed once for all that wait for it."""

import asyncio
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from airdock.connectors.errors import refused
from airdock.connectors.http.auth import Credentials, Outgoing, sendable
from airdock.connectors.http.calls import Carrier, Sending
from airdock.connectors.http.reach import ORIGIN
from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, MapOf, OneOf, Record, Text

_MOST = 64 * 1024
_PATIENCE = 30.0
_EARLY = 30.0
"""Seconds before its end at which a token is renewed, or a tenth of its life if that is less."""
_UNTOLD = 300.0
"""The life of a token of which the service does not tell it."""


class OAuth2Auth(Spec):
    """A token of an authorization server, by client credentials or a refresh token, as `Authorization: Bearer …`.

    Each process keeps one for the connection. It is renewed before it ends, and when the service refuses it (401), once
    for all calls that wait. A refresh token that the server exchanges is kept in the process.
    """

    token_url: str = field(
        Text(rf"{ORIGIN}/[^#\s\\]*", "an address such as https://login.example.com/token"),
        "Where tokens are fetched.",
        default=REQUIRED,
        example="https://login.example.com/token",
    )
    client_id: Any = field(
        OneOf((Text(), Record(Secret))),
        "The client's id, or the secret that has it.",
        default=REQUIRED,
        example="airdock",
    )
    client_secret: Secret | None = field(
        Record(Secret), "The secret that has the client's own.", example={"secret": "crm-client"}
    )
    refresh_token: Secret | None = field(
        Record(Secret),
        "The secret that has a refresh token; client credentials are used if left out.",
        example={"secret": "crm-refresh"},
    )
    scope: str = field(
        Text(), "What is asked for, separated by spaces.", default="", example="orders.read orders.write"
    )
    parameters: dict[str, str] = field(
        MapOf(Text()), "Further fields of the request.", default={}, example={"audience": "https://api.example.com"}
    )
    client: str = field(
        Choice(("header", "body")), "Where the client's id and secret go: `Authorization`, or fields.", default="header"
    )

    async def open(self, opening: Opening, carrier: Carrier) -> "Tokens":
        value = opening.secret
        client_id = self.client_id if isinstance(self.client_id, str) else value(self.client_id)
        secret = "" if self.client_secret is None else value(self.client_secret)
        fields = dict(self.parameters)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self.scope:
            fields["scope"] = self.scope
        if self.client == "header" and secret:
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = client_id
            if secret:
                fields["client_secret"] = secret
        fields["grant_type"] = "client_credentials"
        if self.refresh_token is not None:
            fields |= {"grant_type": "refresh_token", "refresh_token": value(self.refresh_token)}
        return Tokens(opening, carrier, self.token_url, headers, fields)


class _Reply(msgspec.Struct):
    access_token: str = ""
    expires_in: float | str | None = None
    refresh_token: str = ""
    error: str = ""
    error_description: str = ""


class Tokens(Credentials):
    """The token of a connection."""

    signs = True

    def __init__(
        self, opening: Opening, carrier: Carrier, url: str, headers: dict[str, str], fields: dict[str, str]
    ) -> None:
        super().__init__()
        self._name = opening.name
        self._clock = opening.clock
        self._carrier = carrier
        self._url = url
        self._request = headers
        self._fields = fields
        self._token = ""
        self._until = 0.0
        self._fetching: asyncio.Task[None] | None = None

    async def sign(self, request: Outgoing) -> None:
        request.headers["Authorization"] = f"Bearer {await self.token()}"

    async def token(self) -> str:
        """One that has not ended; raises FlowError."""
        if not self._token or self._clock.monotonic() >= self._until:
            await self._renewed()
        return self._token

    def renewable(self, request: Outgoing) -> bool:
        # Another call may have renewed it meanwhile.
        if request.headers.get("Authorization") == f"Bearer {self._token}":
            self._token = ""
        return True

    async def _renewed(self) -> None:
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        # Who waits may be cut off; the others want the token all the same.
        await asyncio.shield(self._fetching)

    def _fetched(self, task: "asyncio.Task[None]") -> None:
        self._fetching = None
        if not task.cancelled():
            task.exception()

    async def _fetch(self) -> None:
        body = urlencode(self._fields).encode()
        received = await self._carrier.send(Sending("POST", self._url, self._request, body, _PATIENCE, False))
        try:
            content = await received.read(_MOST)
        finally:
            received.close()
        where = self._url.partition("?")[0]
        if received.status >= 500:
            raise FlowError("connector.unavailable", f"{self._name}: {where} answered {received.status}")
        try:
            reply = msgspec.json.decode(content, type=_Reply)
        except msgspec.MsgspecError:
            reply = _Reply()
        if received.status != 200 or not reply.access_token:
            told = " ".join(each for each in (reply.error, reply.error_description) if each)[:200]
            raise refused(self._name, f"no token from {where}, status {received.status} {told}".rstrip())
        self._token = sendable(reply.access_token, "token")
        if reply.refresh_token and "refresh_token" in self._fields:
            self._fields["refresh_token"] = reply.refresh_token
        life = _seconds(reply.expires_in)
        self._until = self._clock.monotonic() + life - min(_EARLY, life / 10)


def _seconds(value: float | str | None) -> float:
    try:
        return _UNTOLD if value is None else max(0.0, float(value))
    except ValueError:
        return _UNTOLD
