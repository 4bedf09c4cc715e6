"""What proves to a service who calls."""

from base64 import b64encode
from typing import Any, Protocol
from urllib.parse import quote

from airdock.connectors.http.pieces import Pieces
from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import OneOf, Record, Text

NAME = Text(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", "the name of a header: letters, digits and -")


class Outgoing(Protocol):
    """A request that is about to be sent; what signs it changes the headers.

    Attributes:
        method: In capitals. url: The full address. headers: By the names as they are sent.
        body: Its bytes. pieces: What it is sent by instead; None where it is not.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None
    pieces: Pieces | None


class Credentials:
    """Proof that is the same in each request; others derive from it.

    Attributes:
        headers: Those of each request. query: What each query ends with, `key=value`.
        signs: `sign` is to be called for each request.
    """

    signs = False

    def __init__(self, headers: dict[str, str] | None = None, query: str = "") -> None:
        self.headers = headers or {}
        self.query = query

    async def sign(self, request: Outgoing) -> None:
        """Adds what belongs to this request alone."""

    def renewable(self, request: Outgoing) -> bool:
        """Whether a request that the service refused (401) is worth another attempt, with proof that is new."""
        return False


class BasicAuth(Spec):
    """A user name and a password in each request."""

    user: Any = field(
        OneOf((Text(), Record(Secret))),
        "The user name, or the secret that has it.",
        default=REQUIRED,
        example="airdock",
    )
    password: Secret = field(
        Record(Secret), "The secret that has the password.", default=REQUIRED, example={"secret": "crm-password"}
    )

    async def open(self, opening: Opening, carrier: Any) -> Credentials:
        user = self.user if isinstance(self.user, str) else opening.secret(self.user)
        return Credentials({"Authorization": basic(user, opening.secret(self.password))})


class BearerAuth(Spec):
    """A token in each request, as `Authorization: Bearer …`."""

    token: Secret = field(
        Record(Secret), "The secret that has the token.", default=REQUIRED, example={"secret": "crm-token"}
    )

    async def open(self, opening: Opening, carrier: Any) -> Credentials:
        return Credentials({"Authorization": f"Bearer {sendable(opening.secret(self.token), self.token.secret)}"})


class ApiKeyAuth(Spec):
    """A key in each request, in a header or in the query."""

    key: Secret = field(Record(Secret), "The secret that has the key.", default=REQUIRED, example={"secret": "crm-key"})
    header: str = field(NAME, "The header that takes it; `X-Api-Key` if neither is given.", default="", example="X-Key")
    parameter: str = field(Text(), "The parameter of the query that takes it.", default="", example="api_key")

    async def open(self, opening: Opening, carrier: Any) -> Credentials:
        value = opening.secret(self.key)
        if self.parameter:
            return Credentials(query=f"{quote(self.parameter, safe='')}={quote(value, safe='')}")
        return Credentials({self.header or "X-Api-Key": sendable(value, self.key.secret)})


def basic(user: str, password: str) -> str:
    """The value of the header that tells a user name and a password."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def sendable(value: str, name: str) -> str:
    """The value of a secret that is to stand in a header; a file's newline at its end is left out.

    Raises:
        FlowError: `connector.secret`, it has characters that no header has.
    """
    value = value.strip()
    if not value.isprintable() or not value.isascii():
        raise FlowError("connector.secret", f"the secret {name!r} has characters that cannot stand in a header")
    return value
