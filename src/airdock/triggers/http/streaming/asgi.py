"""Streams and sockets of ASGI servers."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airdock.triggers.http.answer import Answer
from airdock.triggers.http.streaming.wire import PATIENCE, Gone, Sent

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiOutlet:
    """A streamed answer."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send

    async def send(self, data: bytes) -> None:
        await _sent(self._send, {"type": "http.response.body", "body": data, "more_body": True})

    async def gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def close(self) -> Answer:
        try:
            await _sent(self._send, {"type": "http.response.body", "body": b""})
        except Gone:
            pass
        return Sent(200, [])


class AsgiSocket:
    """A WebSocket; servers that ping do so by themselves."""

    # granian would close it only when the other side has said something.
    closes_while_read = False

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_gone = False

    async def receive(self) -> str | bytes | None:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            self._is_gone = True
            return None
        text: str | None = message.get("text")
        content: bytes = message.get("bytes") or b""
        return content if text is None else text

    async def send(self, message: str | bytes) -> None:
        if self._is_gone:
            raise Gone
        part = "text" if isinstance(message, str) else "bytes"
        await _sent(self._send, {"type": "websocket.send", part: message})

    async def close(self, code: int) -> None:
        if self._is_gone:
            return
        try:
            await _sent(self._send, {"type": "websocket.close", "code": code})
        except Gone:
            return


async def _sent(send: Send, message: Message) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await send(message)
    except (OSError, RuntimeError, TimeoutError):
        # Servers tell in different ways that nobody is there.
        raise Gone from None
