"""WebSockets as those see them that listen: messages come and go until one side closes."""

from typing import Protocol

from airdock.connectors.errors import refused, unavailable
from airdock.connectors.http.whole import WholeAnswer
from airdock.errors import FlowError

Content = str | bytes
"""A message: a text, or bytes."""

SWITCHING = 101
"""The status with which a WebSocket is opened."""
NORMAL, TOO_BIG = 1000, 1009
"""Codes of a close."""
_REFUSED = frozenset((1008, 3000, 3003, 4401, 4403))
"""Codes of a close by which a service takes no such caller: the standard's, those registered, those in use."""


class Socket(Protocol):
    """One WebSocket.

    Attributes:
        protocol: The one that the service chose of those that were offered; empty for none.
    """

    protocol: str

    async def receive(self) -> Content:
        """The next message. A wait for it may be cut off and begun anew; one waits at a time.

        Raises:
            FlowError: what `closed` makes; `connector.http.tooLarge`, `connector.http.response` for what is no message.
        """

    async def send(self, content: Content) -> None:
        """Sends a message: a text, or bytes. It returns when the message is on its way.

        Raises:
            FlowError: `connector.unavailable`, the socket is closed.
        """

    async def close(self, code: int = NORMAL) -> None:
        """Takes leave. Nothing happens at a second call; it raises nothing."""


class Upgraded(WholeAnswer):
    """What comes back when a service opens a WebSocket.

    Attributes:
        socket: The WebSocket; whoever takes it closes it.
    """

    def __init__(self, socket: Socket) -> None:
        super().__init__(SWITCHING, {}, b"")
        self.socket = socket


def closed(name: str, code: int | None, reason: str) -> FlowError:
    """The error that it is for a listener when the other side has closed; `details.closeCode` has its code."""
    told = " ".join(reason.split())[:200]
    words = f"the socket was closed{f', {code}' if code else ''}{f': {told}' if told else ''}"
    error = refused(name, words) if code in _REFUSED else unavailable(name, words)
    error.details["closeCode"] = code
    return error
