"""A service that speaks HTTP/2 over TLS, in the test's own process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.tls import Tls
from tests.unit.connectors.http.test_tls import CERTIFICATE, KEY

FILES = {"p/ca.pem": CERTIFICATE}
Application = Callable[[Any, Any, Any], Awaitable[None]]


class Service:
    """What runs: `url` is its address, `requests` what came to it, `connections` from how many ports."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, str, str, dict[str, str], bytes]] = []
        self.ports: set[int] = set()
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.left = asyncio.Event()
        self.waiting = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """`/slow` never answers, `/large` and `/endless` answer much, `/packed` by gzip; else it tells what came."""
        if scope["type"] != "http":
            return
        self.ports.add(scope["client"][1])
        path, headers = scope["path"], {name.decode(): value.decode() for name, value in scope["headers"]}
        body = b""
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                self.left.set()
                return
            body += event.get("body", b"")
            if event.get("body"):
                self.came.put_nowait(event["body"])
            if not event.get("more_body"):
                break
        self.requests.append((scope["http_version"], scope["method"], scope["raw_path"].decode(), headers, body))
        if path == "/slow":
            self.waiting.set()
            while (await receive())["type"] != "http.disconnect":
                pass
            self.left.set()
        elif path == "/large":
            await self._answer(send, 200, b"x" * 10_000_000)
        elif path == "/endless":
            await self._endless(send)
        else:
            await self._answer(send, 200, body or scope["http_version"].encode(), path)

    async def _answer(self, send: Any, status: int, body: bytes, path: str = "") -> None:
        headers = [(b"content-type", b"text/plain"), (b"x-twice", b"a"), (b"x-twice", b"b")]
        if path.startswith("/packed/"):
            headers.append((b"content-encoding", path.removeprefix("/packed/").encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _endless(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        with suppress(Exception):
            while not self.left.is_set():
                await send({"type": "http.response.body", "body": b"x" * 10_000, "more_body": True})
                await asyncio.sleep(0)


@asynccontextmanager
async def serving(folder: Path, offered: tuple[str, ...] = ("h2", "http/1.1")) -> AsyncIterator[Service]:
    """A service that runs in the block."""
    (folder / "certificate.pem").write_bytes(CERTIFICATE)
    (folder / "key.pem").write_bytes(KEY)
    config, service, stop = Config(), Service(), asyncio.Event()
    config.bind = ["127.0.0.1:0"]
    config.certfile, config.keyfile = str(folder / "certificate.pem"), str(folder / "key.pem")
    config.alpn_protocols = list(offered)
    config.errorlog, config.accesslog = logging.getLogger("tests.hypercorn"), None
    config.graceful_timeout = 0.1
    sockets = config.create_sockets()
    sockets.secure_sockets[0].listen(100)
    service.url = f"https://127.0.0.1:{sockets.secure_sockets[0].getsockname()[1]}"
    config.create_sockets = lambda: sockets  # type: ignore[method-assign]
    running = asyncio.create_task(serve(service, config, shutdown_trigger=stop.wait))
    try:
        yield service
    finally:
        service.left.set()
        stop.set()
        await running


def connection(service: Service, **fields: Any) -> HttpConnection:
    return HttpConnection(url=service.url, http2=True, tls=Tls(ca="p/ca.pem"), **fields)
