import re
from typing import Any, Protocol

from airdock.connectors.smtp.addresses import address, allowed
from airdock.connectors.smtp.message import Envelope
from airdock.errors import FlowError
from airdock.spec.connection import Client, Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Integer, ListOf, Module, Record, Size, Text

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOCAL = re.compile(r"localhost|127(\.\d+){3}|::1")


class Mailer(Client, Protocol):
    """What sends mail."""

    async def send(self, mail: Envelope) -> dict[str, str]:
        """Gives a mail to the server, which has taken it for at least one recipient when this returns.

        Returns:
            The recipients that the server refused, and in what words.

        Raises:
            FlowError: `connector.mail.notAllowed`, `connector.mail.tooLarge`, before anything was sent;
                `connector.mail.rejected`, the server refused all recipients, or the mail; `connector.mail.deferred`,
                it did so for now; `connector.unavailable`, `connector.refused`, `connector.timeout`.
        """


class SmtpConnection(Connection):
    """A mail server that takes mail to be sent, by SMTP.

    The way there is encrypted unless `security` says `"none"`: `"starttls"` begins in the clear and does not go on if
    the server offers no encryption, `"tls"` is encrypted from the first byte. The server's certificate is checked.
    `allow` bounds whom mail can reach, whatever flows and their messages say.
    """

    type = "smtp"
    example = {
        "type": "smtp",
        "host": "mail.example.com",
        "user": "shop",
        "password": {"secret": "mail-password"},
        "from": "Shop <shop@example.com>",
        "allow": ["example.com", "*.example.com"],
    }

    host: str = field(
        Text(r"[A-Za-z0-9._:-]+", "the name or address of a host"),
        "The mail server.",
        default=REQUIRED,
        example="mail.example.com",
    )
    port: int | None = field(
        Integer(1, 65535), "Its port; 587 with `starttls`, 465 with `tls`, 25 with `none` if left out.", example=2525
    )
    security: str = field(Choice(("starttls", "tls", "none")), "How the way there is encrypted.", default="starttls")
    user: str = field(Text(), "Who signs in; nobody if left out.", default="", example="shop")
    password: Secret | None = field(Record(Secret), "The password of `user`.", example={"secret": "mail-password"})
    from_: str = field(
        Text(), "Sender of mails that name none.", default="", example="Shop <shop@example.com>", name="from"
    )
    allow: list[str] = field(
        ListOf(Text(r"[\w.*?-]+", "a domain, or a glob of domains: *.example.com")),
        "Domains to which mail may go; all if left out.",
        example=["example.com"],
    )
    timeout: float = field(
        Duration(), "The server may take so long for each of its answers.", default=30.0, unit="s", example="10s"
    )
    max_size: int = field(
        Size(), "No mail is larger, with its attachments as they are sent.", default=25 * 1024**2, unit="bytes"
    )
    connections: int = field(Integer(1, 100), "So many mails are sent at the same time.", default=4)
    ca: str = field(
        Module((".pem",)),
        "Certificates that are trusted, in place of those of the system.",
        default="",
        example="/shop/ca.pem",
    )

    @property
    def server_port(self) -> int:
        return self.port or _PORTS[self.security]

    def admit(self, mail: Envelope) -> None:
        """Raises FlowError `connector.mail.notAllowed` or `connector.mail.tooLarge` for what may not be sent."""
        for each in mail.recipients:
            if not allowed(each, self.allow or []):
                message = f"the connection sends to {', '.join(self.allow)}, not to {each.domain}"
                raise FlowError("connector.mail.notAllowed", message)
        if len(mail.content) > self.max_size:
            message = f"the mail has {len(mail.content)} bytes; the connection sends at most {self.max_size}"
            raise FlowError("connector.mail.tooLarge", message)

    async def connect(self, opening: Opening) -> Client:
        from airdock.connectors.smtp.client import SmtpClient

        return SmtpClient(self, opening)

    def fake(self) -> Client:
        from airdock.connectors.smtp.fake import FakeSmtp

        return FakeSmtp(self)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if bool(element.user) != (element.password is not None):
            broken.append(("user", "`user` and `password` belong together"))
        if element.user and element.security == "none" and not _LOCAL.fullmatch(element.host):
            broken.append(("security", 'a password is not sent without encryption: write "starttls" or "tls"'))
        if element.ca and element.security == "none":
            broken.append(("ca", '`ca` is of encryption, and `security` is "none"'))
        try:
            address(element.from_ or "none@example.com")
        except FlowError as error:
            broken.append(("from", error.message))
        return broken
