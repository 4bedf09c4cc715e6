"""Streams and sockets of granian's RSGI."""

import asyncio
from typing import Any

from granian.rsgi import ProtocolClosed, ProtocolError, WebsocketMessageType  # type: ignore[attr-defined]

from airdock.triggers.http.answer import Answer
from airdock.triggers.http.streaming.peer import Peer
from airdock.triggers.http.streaming.wire import PATIENCE, Gone, Sent

_PORTION = 64 * 1024
"""After so many bytes it is looked whether the caller has taken them."""
_MOST_UNSEEN = 16 * 1024**2
"""Where that cannot be seen, a stream ends after so many bytes; the caller comes again."""
_PAUSES = (0.005, 0.02, 0.05, 0.1)


class RsgiOutlet:
    """A streamed answer. The server takes more than the caller reads, so what the caller has taken is looked at."""

    def __init__(self, transport: Any, protocol: Any, peer: Peer) -> None:
        self._transport = transport
        self._protocol = protocol
        self._peer = peer
        self._since = 0
        self._unseen = 0
        peer.keep_alive()

    async def send(self, data: bytes) -> None:
        if self._since >= _PORTION:
            await self._taken()
        try:
            await self._transport.send_bytes(data)
        except (ProtocolClosed, ProtocolError):
            raise Gone from None
        self._since += len(data)

    async def gone(self) -> None:
        await self._protocol.client_disconnect()

    async def close(self) -> Answer:
        # It ends when nobody holds the transport any more.
        self._transport = None
        return Sent(200, [])

    async def _taken(self) -> None:
        """Returns when the caller has taken what was sent. Raises Gone when it does not."""
        waited, turn = 0.0, 0
        while True:
            pause = _PAUSES[min(turn, len(_PAUSES) - 1)]
            await asyncio.sleep(pause)
            unsent = self._peer.unsent()
            if unsent is None:
                self._unseen += self._since
                if self._unseen > _MOST_UNSEEN:
                    raise Gone
            if not unsent:
                self._since = 0
                return
            waited, turn = waited + pause, turn + 1
            if waited > PATIENCE:
                raise Gone


class RsgiSocket:
    """A WebSocket. The server answers pings; that the other machine is gone, the system finds out."""

    # A wait that was broken off would keep the server from closing it.
    closes_while_read = True

    def __init__(self, transport: Any, protocol: Any, peer: Peer) -> None:
        self._transport = transport
        self._protocol = protocol
        peer.keep_alive()

    async def receive(self) -> str | bytes | None:
        try:
            message = await self._transport.receive()
        except (ProtocolClosed, ProtocolError):
            return None
        if message.kind == WebsocketMessageType.close:
            return None
        content: str | bytes = message.data
        return content

    async def send(self, message: str | bytes) -> None:
        send = self._transport.send_str if isinstance(message, str) else self._transport.send_bytes
        try:
            async with asyncio.timeout(PATIENCE):
                await send(message)
        except (ProtocolClosed, ProtocolError, TimeoutError):
            raise Gone from None

    async def close(self, code: int) -> None:
        # The server closes it without the code.
        try:
            self._protocol.close(code)
        except (ProtocolClosed, ProtocolError):
            return
