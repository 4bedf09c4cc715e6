"""HTTP services for tests: real ones, in the test's own process, on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from airdock.connectors.folders import NOWHERE
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.links import Links
from airdock.connectors.network import LOOPBACK, AllowedNetwork
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.spec.connection import Opening, Secret

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
INSIDE = AllowedNetwork(LOOPBACK)


class Peer:
    """A service: `url` is its address, `requests` what came to it, as `(method, path and query, headers, body)`."""

    def __init__(self, handle: Handle) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0
        self._handle = handle
        self._transports: list[object] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.method, request.raw_path, headers, await request.read()))
        if not any(request.transport is each for each in self._transports):
            self._transports.append(request.transport)
            self.connections += 1
        return await self._handle(request)

    @property
    def last(self) -> dict[str, str]:
        """The headers of the last request."""
        return self.requests[-1][2]


@asynccontextmanager
async def serving(handle: Handle, ssl_context: Any = None) -> AsyncIterator[Peer]:
    """A service that runs in the block."""
    peer = Peer(handle)
    runner = web.ServerRunner(web.Server(peer.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
    await site.start()
    peer.url = f"http{'s' if ssl_context else ''}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield peer
    finally:
        await runner.cleanup()


async def echo(request: web.BaseRequest) -> web.Response:
    """Tells what came."""
    body = (await request.read()).decode("latin-1")
    return web.json_response({"method": request.method, "path": request.raw_path, "body": body})


class Files:
    """What a shelf does, over the network: see `fake.Shelf`."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.number = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        path, body = request.path, await request.read()
        there = self.kept.get(path)
        if request.method == "PUT":
            self.kept[path] = body, request.headers.get("Content-Type", "application/octet-stream")
            return web.Response(status=201 if there is None else 204)
        if request.method == "POST":
            self.number += 1
            self.kept[f"{path}/{self.number}"] = body, request.headers["Content-Type"]
            return web.Response(status=201, headers={"Location": f"{path}/{self.number}"})
        if there is None:
            return web.Response(status=404, text="nothing is here")
        if request.method == "DELETE":
            del self.kept[path]
            return web.Response(status=204)
        return web.Response(body=there[0], headers={"Content-Type": there[1]})


def opening(
    network: Any = INSIDE, secrets: dict[str, str] | None = None, files: dict[str, bytes] | None = None
) -> Opening:
    """What a connection is opened with in tests."""

    def secret(named: Secret) -> str:
        if secrets is None or named.secret not in secrets:
            raise FlowError("connector.secret", f"there is no secret {named.secret!r}")
        return secrets[named.secret]

    return Opening("p/peer.connection", secret, (files or {}).get, network, LoopClock(), NOWHERE)


@asynccontextmanager
async def connected(connection: HttpConnection, **rest: Any) -> AsyncIterator[HttpClient]:
    """The client of a connection, closed behind the block."""
    client = await connection.connect(opening(**rest))
    try:
        yield client
    finally:
        await client.close()


def inside() -> Runtime:
    """A process whose calls may go to loopback addresses."""
    return Runtime(links=Links(LoopClock(), INSIDE))
