"""Flows behind each face of the handler, served by granian in this process, over real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from airdock.connectors.hub.feeds import Feeds
from airdock.connectors.hub.message import Outgoing
from airdock.connectors.hub.names import Channel
from airdock.exchange import Exchange
from airdock.testing import FlowClient
from airdock.triggers.http import AsgiApp, HttpHandler, HttpSettings
from airdock.triggers.http.rsgi import RsgiApp

PATIENCE = 20.0


class Site:
    """A folder of flows that is served.

    Attributes:
        face: `rsgi` or `asgi`. http: A client. handler: Answers. client: Has the flows, and the hub in memory.
    """

    def __init__(self, face: str, folder: Path) -> None:
        self.face = face
        self.folder = folder
        self.client: FlowClient
        self.handler: HttpHandler
        self.http: aiohttp.ClientSession
        self._stop: Callable[[], Any]

    def write(self, name: str, **flow: Any) -> None:
        """Writes a flow."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"steps": [], **flow}))

    @property
    def runs(self) -> list[Exchange]:
        """What ran, in order of the ends."""
        return [run.exchange for run in self.client.runs]

    def reload(self) -> None:
        """Takes in what was written since."""
        self.client.agent.load()
        self.handler.streams.refresh()

    async def send(self, topic: str, text: str, **more: Any) -> None:
        """Sends a message to a topic."""
        await self.client.agent.runtime.links.hub.send(Channel("", "topic", topic), Outgoing(text.encode(), **more))

    @asynccontextmanager
    async def served(self, settings: HttpSettings | None = None) -> AsyncIterator["Site"]:
        """Serves what was written."""
        self.client = FlowClient(self.folder)
        agent = self.client.agent
        assert [each.problems for each in agent.artefacts if each.problems] == []
        self.handler = HttpHandler(agent, settings, feeds=Feeds(agent.runtime.links.hub))
        app: Any = RsgiApp(self.handler) if self.face == "rsgi" else AsgiApp(self.handler)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serving = asyncio.ensure_future(self._serve(app, port))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as self.http:
            await self._up()
            try:
                yield self
            finally:
                self.handler.streams.stop()
                self._stop()
                await asyncio.wait((serving,), timeout=PATIENCE)

    async def _serve(self, app: Any, port: int) -> None:
        if self.face == "uvicorn":
            config = uvicorn.Config(app, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=5)
            mounted = uvicorn.Server(config)
            self._stop = lambda: setattr(mounted, "should_exit", True)
            await mounted.serve()
            return
        server = Server(
            app,
            address="127.0.0.1",
            port=port,
            interface=Interfaces.RSGI if self.face == "rsgi" else Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=True,
            log_level=LogLevels.critical,
        )
        server.workers_kill_timeout = 5
        self._stop = server.stop
        await server.serve()

    async def _up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    async with self.http.get("/"):
                        return
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.01)


@pytest.fixture(params=["rsgi", "asgi"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    return Site(request.param, tmp_path)


async def blocks(response: aiohttp.ClientResponse, count: int) -> list[str]:
    """The next events or comments of a stream."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            found.append((await response.content.readuntil(b"\n\n")).decode().rstrip("\n"))
    return found


async def until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Waits until something is so, for a time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        if is_so():
            return
        await asyncio.sleep(0.01)
