"""The protocol graphql-transport-ws, for one subscription."""

from collections.abc import Mapping
from typing import Any

import msgspec

from airdock.connectors.errors import unavailable
from airdock.connectors.graphql.results import errors_of
from airdock.connectors.http.sockets import NORMAL, Content, Socket
from airdock.errors import FlowError

PROTOCOL = "graphql-transport-ws"
_ID = "1"
"""Of the subscription: a socket has one."""
_BAD = 4400
"""The code of a close after a message that is none."""


class _Message(msgspec.Struct):
    type: str
    id: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


class TransportSocket:
    """A `Socket` whose messages are the results of a subscription, as JSON."""

    def __init__(self, name: str, socket: Socket) -> None:
        self.protocol = socket.protocol
        self._name = name
        self._socket = socket
        self._bad = False

    async def begin(self, params: Mapping[str, str]) -> None:
        """Greets the service, with these parameters, and waits until it greets back; raises FlowError."""
        if self.protocol != PROTOCOL:
            words = f"{self._name}: the service does not speak {PROTOCOL}; has it another path for subscriptions?"
            raise FlowError("connector.http.response", words)
        await self._send({"type": "connection_init", **({"payload": params} if params else {})})
        message = await self._next()
        if message.type != "connection_ack":
            raise self._unexpected(message.type)

    async def subscribe(self, request: Mapping[str, Any]) -> None:
        await self._send({"type": "subscribe", "id": _ID, "payload": request})

    async def receive(self) -> Content:
        """The next result.

        Raises:
            FlowError: `connector.graphql.errors`, the document is not taken; `connector.unavailable`, the service has
                ended the subscription; what `Socket.receive` raises.
        """
        message = await self._next()
        if message.type == "next" and message.id == _ID:
            return bytes(message.payload)
        if message.type == "error" and message.id == _ID:
            errors = msgspec.json.decode(message.payload)
            raise errors_of(self._name, errors if isinstance(errors, list) and errors else [errors])
        if message.type == "complete" and message.id == _ID:
            raise unavailable(self._name, "the service has ended the subscription")
        raise self._unexpected(message.type)

    async def send(self, content: Content) -> None:
        await self._socket.send(content)

    async def close(self, code: int = NORMAL) -> None:
        await self._socket.close(_BAD if self._bad else code)

    async def _next(self) -> _Message:
        """The next message that is not about the connection itself."""
        while True:
            try:
                message = msgspec.json.decode(await self._socket.receive(), type=_Message)
            except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                self._bad = True
                raise FlowError(
                    "connector.http.response", f"{self._name}: no message of {PROTOCOL}: {error}"
                ) from error
            if message.type == "ping":
                await self._send({"type": "pong"})
            elif message.type != "pong":
                return message

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send(msgspec.json.encode(message).decode())

    def _unexpected(self, type: str) -> FlowError:
        self._bad = True
        return FlowError("connector.http.response", f"{self._name}: a message {type!r:.50} at the wrong time")
