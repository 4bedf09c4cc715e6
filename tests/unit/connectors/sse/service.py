"""Services that send events, over the network and in memory, as tests see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from airdock.connectors.errors import unavailable
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.fake import Shelf
from airdock.connectors.http.fake_streams import MemoryStream
from tests.unit.connectors.http.peers import serving


class Served:
    """A stream on the network.

    Attributes:
        path: With its query. headers: Of the request, by lower-case names.
    """

    def __init__(self, request: web.BaseRequest) -> None:
        self.path = request.raw_path
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.request = request
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def gone(self) -> None:
        """Waits until nobody reads it."""
        while self.request.transport is not None:  # noqa: ASYNC110 -- what it asks has no event
            await asyncio.sleep(0.005)

    def write(self, text: str | bytes) -> None:
        self.pieces.put_nowait(text.encode() if isinstance(text, str) else text)

    def end(self) -> None:
        """Nothing more comes, in good order."""
        self.pieces.put_nowait(None)

    def cut(self) -> None:
        """The connection is lost."""
        assert self.request.transport is not None
        self.request.transport.abort()


class EventService:
    """A service on the network.

    Attributes:
        url: Its address. streams: Those that were asked for. answers: What is answered in place of one, in order.
        content_type: Of its streams.
    """

    def __init__(self) -> None:
        self.url = ""
        self.streams: asyncio.Queue[Served] = asyncio.Queue()
        self.answers: list[web.Response] = []
        self.content_type = "text/event-stream; charset=utf-8"

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method != "GET":
            return web.Response()
        if self.answers:
            return self.answers.pop(0)
        response = web.StreamResponse(headers={"Content-Type": self.content_type})
        await response.prepare(request)
        served = Served(request)
        self.streams.put_nowait(served)
        while (piece := await served.pieces.get()) is not None:
            await response.write(piece)
        return response

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            return await self.streams.get()


@asynccontextmanager
async def event_service() -> AsyncIterator[EventService]:
    service = EventService()
    async with serving(service) as peer:
        service.url = peer.url
        yield service


class Remembered:
    """A stream in memory."""

    def __init__(self, path: str, headers: dict[str, str], stream: MemoryStream) -> None:
        self.path, self.headers = path, headers
        self._stream = stream

    async def gone(self) -> None:
        await self._stream.closed.wait()

    def write(self, text: str | bytes) -> None:
        self._stream.write(text.encode() if isinstance(text, str) else text)

    def end(self) -> None:
        self._stream.end()

    def cut(self) -> None:
        self._stream.end(unavailable("a test", "the connection is lost"))


class MemoryEvents:
    """A service in memory: the fake of a client."""

    def __init__(self, client: HttpClient) -> None:
        shelf = client._carrier
        assert isinstance(shelf, Shelf)
        self._shelf = shelf

    async def next(self) -> Any:
        async with asyncio.timeout(10):
            sending, stream = await self._shelf.streams.events.get()
        headers = {name.lower(): value for name, value in sending.headers.items()}
        return Remembered("/" + sending.url.split("/", 3)[3], headers, stream)
