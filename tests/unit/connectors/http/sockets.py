"""Services that open WebSockets, over the network and in memory, as tests see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.fake import Shelf
from airdock.connectors.http.fake_streams import MemorySocket
from airdock.connectors.http.sockets import Content
from airdock.errors import FlowError
from tests.unit.connectors.http.peers import serving


class End(Protocol):
    """The service's end of a socket that was opened.

    Attributes:
        path: With its query. headers: By lower-case names. protocols: Those that were offered.
    """

    path: str
    headers: dict[str, str]
    protocols: list[str]

    async def send(self, content: Content) -> None: ...
    async def receive(self) -> Content | None:
        """The next message; None when the other side has closed."""

    async def close(self, code: int = 1000, reason: str = "") -> None: ...
    async def cut(self) -> None:
        """The connection is lost."""


class Served:
    """An end on the network."""

    def __init__(self, request: web.BaseRequest, socket: web.WebSocketResponse) -> None:
        self.path = request.raw_path
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.protocols = [each.strip() for each in self.headers.get("sec-websocket-protocol", "").split(",") if each]
        self.socket = socket
        self.request = request
        self._came: asyncio.Queue[Content | None] = asyncio.Queue()

    async def read(self) -> None:
        """Until it is closed."""
        while (message := await self.socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self._came.put_nowait(message.data)
        self._came.put_nowait(None)

    async def send(self, content: Content) -> None:
        await (self.socket.send_str(content) if isinstance(content, str) else self.socket.send_bytes(content))

    async def receive(self) -> Content | None:
        return await self._came.get()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self.socket.close(code=code, message=reason.encode())

    async def cut(self) -> None:
        assert self.request.transport is not None
        self.request.transport.abort()

    def raw(self, frame: bytes) -> None:
        """Writes what may be no frame."""
        assert self.request.transport is not None
        self.request.transport.write(frame)


class SocketService:
    """A service on the network.

    Attributes:
        url: Its address. ends: The sockets that were opened. answers: What is answered in place of one, in order.
        protocols: Those that it knows. deaf: It reads nothing.
    """

    def __init__(self) -> None:
        self.url = ""
        self.ends: asyncio.Queue[Any] = asyncio.Queue()
        self.answers: list[web.Response] = []
        self.protocols: tuple[str, ...] = ("chat", "graphql-transport-ws")
        self.deaf = False

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.answers:
            return self.answers.pop(0)
        socket = web.WebSocketResponse(protocols=self.protocols, max_msg_size=0)
        await socket.prepare(request)
        end = Served(request, socket)
        self.ends.put_nowait(end)
        if self.deaf:
            await asyncio.Event().wait()
        await end.read()
        return socket

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            return await self.ends.get()


@asynccontextmanager
async def socket_service() -> AsyncIterator[SocketService]:
    service = SocketService()
    async with serving(service) as peer:
        service.url = peer.url
        yield service


class Remembered:
    """An end in memory."""

    def __init__(self, path: str, headers: dict[str, str], protocols: list[str], socket: MemorySocket) -> None:
        self.path, self.headers, self.protocols = path, headers, protocols
        self._socket = socket

    async def send(self, content: Content) -> None:
        await self._socket.send(content)

    async def receive(self) -> Content | None:
        try:
            return await self._socket.receive()
        except FlowError:
            return None

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._socket.close(code, reason)

    async def cut(self) -> None:
        await self._socket.close(1006)


class MemoryService:
    """A service in memory: the fake of a client."""

    def __init__(self, client: HttpClient) -> None:
        shelf = client._carrier
        assert isinstance(shelf, Shelf)
        self._shelf = shelf

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            sending, socket = await self._shelf.streams.sockets.get()
        headers = {name.lower(): value for name, value in sending.headers.items()}
        path = "/" + sending.url.split("/", 3)[3]
        protocols = [] if sending.upgrade is None else list(sending.upgrade.protocols)
        return Remembered(path, headers, protocols, socket)
