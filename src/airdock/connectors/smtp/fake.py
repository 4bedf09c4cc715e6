"""A mail server in memory."""

from typing import TYPE_CHECKING

from airdock.connectors.smtp.message import Envelope

if TYPE_CHECKING:
    from airdock.connectors.smtp.connection import SmtpConnection


class FakeSmtp:
    """Takes every mail that its connection lets through.

    Attributes:
        sent: The mails, as they would have gone out.
    """

    def __init__(self, connection: "SmtpConnection") -> None:
        self._connection = connection
        self.sent: list[Envelope] = []

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def send(self, mail: Envelope) -> dict[str, str]:
        self._connection.admit(mail)
        self.sent.append(mail)
        return {}
