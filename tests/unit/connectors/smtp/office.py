"""A real mail server for tests."""

import asyncio
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "open-sesame"


class Office:
    """A server on a loopback address that keeps what it is given.

    Attributes:
        got: The envelopes. refuses: Answers to recipients that it does not take. answer: Its answer to a mail.
        sessions: How many there were. most: How many at the same time.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, auth: bool = False, implicit: bool = False) -> None:
        self.got: list[Envelope] = []
        self.refuses: dict[str, str] = {}
        self.answer = "250 taken"
        self.sessions = 0
        self.open: list[asyncio.Transport] = []
        self.port = 0
        self._tls, self._auth, self._implicit = tls, auth, implicit
        self._server: asyncio.Server | None = None

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(each.original_content or b"", policy=policy.default) for each in self.got]

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._session, "127.0.0.1", self.port, ssl=self._tls if self._implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()
        for _ in range(20):  # sessions end in the next rounds of the loop
            await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Ends all sessions."""
        for each in self.open:
            each.abort()
        self.open.clear()

    async def handle_RCPT(  # noqa: N802 -- a name of the library
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 good"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        if self.answer.startswith("2"):
            self.got.append(envelope)
        return self.answer

    def _session(self) -> SMTP:
        self.sessions += 1
        tls = self._tls if self._tls is not None and not self._implicit else None
        extra: dict[str, Any] = {}
        if self._auth:
            extra = {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": not self._implicit}
        session = SMTP(self, tls_context=tls, require_starttls=tls is not None, **extra)
        begin = session.connection_made

        def connection_made(transport: Any) -> None:
            self.open.append(transport)
            begin(transport)

        session.connection_made = connection_made  # type: ignore[method-assign]
        return session


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"shop", PASSWORD.encode())
    return AuthResult(success=good, handled=False)
