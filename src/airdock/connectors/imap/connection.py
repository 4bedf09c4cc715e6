import re
from typing import Any

from airdock.connectors.http.oauth import OAuth2Auth
from airdock.spec.channels import Endpoint
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, Module, Record, Text

_PORTS = {"tls": 993, "starttls": 143, "none": 143}
_LOCAL = re.compile(r"localhost|127(\.\d+){3}|::1")


class ImapConnection(Connection):
    """A mailbox, by IMAP.

    The way there is encrypted unless `security` says `"none"`: `"tls"` is encrypted from the first byte, `"starttls"`
    begins in the clear and does not go on if the server offers no encryption. The server's certificate is checked.
    Private addresses are for the installation to allow (`private_networks`).

    Who signs in has a `password`, or `oauth2`, as Google and Microsoft want it (XOAUTH2, OAUTHBEARER): a refresh token
    of the mailbox's owner, or client credentials that may read it. The token is renewed before it ends.
    """

    type = "imap"
    example = {
        "type": "imap",
        "host": "imap.example.com",
        "user": "orders@example.com",
        "password": {"secret": "mail-password"},
    }

    host: str = field(
        Text(r"[A-Za-z0-9._:-]+", "the name or address of a host"),
        "The mail server.",
        default=REQUIRED,
        example="imap.example.com",
    )
    port: int | None = field(Integer(1, 65535), "Its port; 993 with `tls`, else 143, if left out.", example=1143)
    security: str = field(Choice(("tls", "starttls", "none")), "How the way there is encrypted.", default="tls")
    user: str = field(
        Text(r"[^\x00-\x1f]{1,300}", "a name without control characters"),
        "Whose mailbox it is.",
        default=REQUIRED,
        example="orders@example.com",
    )
    password: Secret | None = field(Record(Secret), "The password of `user`.", example={"secret": "mail-password"})
    oauth2: OAuth2Auth | None = field(
        Record(OAuth2Auth),
        "In place of a password: how a token is fetched.",
        example={
            "tokenUrl": "https://oauth2.googleapis.com/token",
            "clientId": "airdock.apps.example.com",
            "clientSecret": {"secret": "google-client"},
            "refreshToken": {"secret": "orders-refresh"},
            "client": "body",
        },
    )
    timeout: float = field(
        Duration(),
        "So long a connection is waited for, and the server may be silent when it is to answer.",
        default=30.0,
        unit="s",
        example="10s",
    )
    ca: str = field(
        Module((".pem",)),
        "Certificates that are trusted, in place of those of the system.",
        default="",
        example="/shop/ca.pem",
    )

    @property
    def server_port(self) -> int:
        return self.port or _PORTS[self.security]

    def endpoints(self) -> list[Endpoint]:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return [Endpoint("imaps" if self.security == "tls" else "imap", f"{host}:{self.server_port}")]

    async def connect(self, opening: Opening) -> Client:
        from airdock.connectors.imap.client import ImapClient

        return await ImapClient.opened(self, opening)

    def fake(self) -> Client:
        from airdock.connectors.imap.fake import FakeImap

        return FakeImap()

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if (element.password is None) == (element.oauth2 is None):
            broken.append(("user", "give one of `password` and `oauth2`"))
        if element.security == "none" and not _LOCAL.fullmatch(element.host):
            broken.append(("security", 'no password is sent without encryption: write "tls" or "starttls"'))
        if element.ca and element.security == "none":
            broken.append(("ca", '`ca` is of encryption, and `security` is "none"'))
        return broken
