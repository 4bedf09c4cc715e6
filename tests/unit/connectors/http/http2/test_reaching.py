import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.http.auth import BasicAuth
from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection, Proxy
from airdock.connectors.http.tls import Tls
from airdock.connectors.network import AllowedNetwork
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.http2.scripted import answering, scripted
from tests.unit.connectors.http.http2.servers import FILES
from tests.unit.connectors.http.peers import connected, echo, serving
from tests.unit.connectors.http.test_tls import context

PROOF = b64encode(b"me:pw").decode()


class Tunnels:
    """A proxy that leads everything to one address; `asked` has the heads of what came."""

    def __init__(self, to: int) -> None:
        self.url = ""
        self.asked: list[str] = []
        self._to = to
        self._tasks: set[asyncio.Task[None]] = set()

    def begun(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        if f"Proxy-Authorization: Basic {PROOF}" not in head:
            writer.write(b"HTTP/1.1 407 Who are you?\r\n\r\n")
            writer.close()
            return
        try:
            there, out = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 OK\r\nVia: me\r\n\r\n")
        await asyncio.gather(self._pass(reader, out), self._pass(there, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def tunnels(to: str) -> AsyncIterator[Tunnels]:
    proxy = Tunnels(int(to.rpartition(":")[2]))
    server = await asyncio.start_server(proxy.begun, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()


async def status(url: str, proxy: Tunnels, password: str = "pw", http2: bool = True, **rest: Any) -> int:
    through = Proxy(url=proxy.url, auth=BasicAuth(user="me", password=Secret(secret="pw")))
    connection = HttpConnection(url=url, http2=http2, tls=Tls(ca="p/ca.pem"), proxy=through)
    async with connected(connection, files=FILES, secrets={"pw": password}, **rest) as client:
        return (await client.send(Call("GET"))).status


async def error(url: str, proxy: Tunnels, **rest: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await status(url, proxy, **rest)
    return caught.value


async def test_calls_go_through_a_tunnel(tmp_path: Path) -> None:
    async with scripted(tmp_path, answering) as url, tunnels(url) as proxy:
        assert await status("https://127.0.0.1:4433", proxy) == 200
        assert proxy.asked[0].startswith("CONNECT 127.0.0.1:4433 HTTP/1.1\r\nHost: 127.0.0.1:4433\r\n")
        # The name is the proxy's business; the certificate is for another one.
        assert "CERTIFICATE_VERIFY_FAILED" in (await error("https://api.example.com", proxy)).message
        assert proxy.asked[1].startswith("CONNECT api.example.com:443 ")


async def test_calls_by_http_1_go_through_it_too(tmp_path: Path) -> None:
    async with serving(echo, context(tmp_path)) as peer, tunnels(peer.url) as proxy:
        for http2 in (False, True):
            assert await status(peer.url, proxy, http2=http2) == 200
        assert [each[:25] for each in proxy.asked] == [f"CONNECT {peer.url[8:]} HTTP/1.1"[:25]] * len(proxy.asked)
        assert len(peer.requests) == 2


async def test_a_proxy_that_does_not_let_us(tmp_path: Path) -> None:
    async with tunnels("http://127.0.0.1:1") as proxy:
        told = await error("https://api.example.com", proxy, password="other")
        assert (told.code, "407 Who are you?" in told.message) == ("connector.unavailable", True)
        assert "502 Bad Gateway" in (await error("https://api.example.com", proxy)).message


async def test_where_a_tunnel_may_lead() -> None:
    async with tunnels("http://127.0.0.1:1") as proxy:
        assert (await error("https://10.0.0.1", proxy)).code == "connector.network"
        assert (await error("https://api.example.com", proxy, network=AllowedNetwork())).code == "connector.network"
        assert proxy.asked == []
