"""What a server's face offers a flow that goes on answering."""

from typing import Protocol

from airdock.triggers.http.answer import Answer

PATIENCE = 30.0
"""Seconds for which a caller that takes nothing of what is sent is waited for."""


class Gone(Exception):  # noqa: N818 -- no error: callers go when they like
    """The caller is not there any more, or does not read."""


class Sent(Answer):
    """An answer that has been sent already, piece by piece."""


class Outlet(Protocol):
    """An answer that is under way."""

    async def send(self, data: bytes) -> None:
        """Sends a piece; waits where the caller is slow. Raises Gone."""

    async def gone(self) -> None:
        """Returns when the caller has gone. Called once."""

    async def close(self) -> Answer:
        """Ends it; what the handler gives the face then."""


class Socket(Protocol):
    """A WebSocket that was accepted.

    Attributes:
        closes_while_read: It is closed while somebody waits for the next message, who then gets None; else nobody may.
    """

    closes_while_read: bool

    async def receive(self) -> str | bytes | None:
        """The next message; None when the other side has closed it, or is gone."""

    async def send(self, message: str | bytes) -> None:
        """Sends a message; waits where the other side is slow. One at a time. Raises Gone."""

    async def close(self, code: int) -> None:
        """Closes it. What keeps that from being told does not matter."""
