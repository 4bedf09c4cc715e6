"""Mail over aiosmtplib, a few sessions at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.smtp.message import Envelope
from airdock.connectors.trust import trusting
from airdock.errors import FlowError
from airdock.spec.connection import Opening

if TYPE_CHECKING:
    from airdock.connectors.smtp.connection import SmtpConnection

_STALE = 20.0
"""Seconds for which a session that nobody uses is kept; servers end theirs after a few minutes."""


class SmtpClient:
    """Sessions with one server; those that are not in use are kept for a while."""

    def __init__(self, connection: "SmtpConnection", opening: Opening) -> None:
        """Raises FlowError: `connector.secret`, `connector.failed` where `ca` holds no certificates."""
        self._connection = connection
        self._name = opening.name
        self._clock = opening.clock
        self._password = opening.secret(connection.password) if connection.password is not None else None
        self._tls = None if connection.security == "none" else trusting(connection.ca, opening)
        self._room = asyncio.Semaphore(connection.connections)
        self._idle: list[tuple[SMTP, float]] = []

    async def check(self) -> None:
        async with self._session():
            pass

    async def close(self) -> None:
        while self._idle:
            self._idle.pop()[0].close()

    async def send(self, mail: Envelope) -> dict[str, str]:
        self._connection.admit(mail)
        async with self._session() as session:
            try:
                answers, _ = await session.sendmail(
                    mail.sender.address, [each.address for each in mail.recipients], mail.content
                )
            except SMTPRecipientsRefused as error:
                codes = [each.code for each in error.recipients]
                words = "; ".join(f"{each.recipient}: {each.code} {each.message}" for each in error.recipients)
                raise _rejected(f"no recipient was taken: {words[:500]}", min(codes)) from error
        return {recipient: f"{answer.code} {answer.message}"[:500] for recipient, answer in answers.items()}

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """A session that has proved to be alive; it is kept only if nothing went wrong."""
        async with self._room:
            session = await self._opened()
            try:
                with self._errors():
                    yield session
            except BaseException:
                session.close()
                raise
            self._idle.append((session, self._clock.monotonic()))

    async def _opened(self) -> SMTP:
        while self._idle:
            session, since = self._idle.pop()
            if self._clock.monotonic() - since < _STALE:
                try:
                    await session.rset()
                except (SMTPException, OSError):
                    pass
                else:
                    return session
            session.close()
        return await self._connected()

    async def _connected(self) -> SMTP:
        connection = self._connection
        session = SMTP(
            hostname=connection.host,
            port=connection.server_port,
            timeout=connection.timeout,
            use_tls=connection.security == "tls",
            start_tls=connection.security == "starttls",
            tls_context=self._tls,
            username=connection.user or None,
            password=self._password,
        )
        try:
            await session.connect()
        except SMTPAuthenticationError as error:
            raise refused(self._name, f"{error.code} {self._told(error)}") from error
        except SMTPNotSupported as error:
            raise refused(self._name, str(error)) from error
        except (SMTPException, OSError) as error:
            raise unavailable(self._name, self._told(error)) from error
        except BaseException:
            session.close()
            raise
        return session

    def _errors(self) -> "_Errors":
        return _Errors(self._name)

    def _told(self, error: Exception) -> str:
        """The words of an error; a server may repeat what it was sent."""
        words = str(getattr(error, "message", "") or error)[:500]
        return words.replace(self._password, "***") if self._password else words


class _Errors:
    """Tells what the library raises as an author knows it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, SMTPTimeoutError):
            raise FlowError("connector.timeout", f"{self._name} did not answer in time") from error
        if isinstance(error, SMTPResponseException) and 400 <= error.code < 600 and error.code != 421:
            raise _rejected(f"{error.code} {error.message[:500]}", error.code) from error
        if isinstance(error, SMTPException | OSError):
            raise unavailable(self._name, str(error)[:500]) from error


def _rejected(words: str, status: int) -> FlowError:
    code = "connector.mail.deferred" if status < 500 else "connector.mail.rejected"
    return FlowError(code, f"the mail server does not take the mail: {words}", details={"status": status})
