import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from airdock.connectors.http.auth import BasicAuth
from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection, Proxy
from airdock.connectors.network import PUBLIC, AllowedNetwork
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, echo, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def answering(*replies: bytes, hold: bool = False) -> AsyncIterator[str]:
    """A service that answers each connection with the next bytes, whatever is asked, and then cuts or holds it."""
    waiting, over = list(replies), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(waiting.pop(0) if waiting else b"")
        if hold:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


async def fails(url: str, network: Any = None, **fields: Any) -> FlowError:
    rest = {} if network is None else {"network": network}
    async with connected(HttpConnection(url=url, **fields), **rest) as client:
        with pytest.raises(FlowError) as caught:
            await client.send(Call("GET", "/x", query="key=hidden"))
    assert "hidden" not in str(caught.value)
    return caught.value


async def test_a_service_that_is_away() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = await fails(f"http://127.0.0.1:{port}")
        proxied = await fails("http://api.example.com", proxy=Proxy(url=f"http://127.0.0.1:{port}"))
    assert error.code == "connector.unavailable"
    assert error.message == f"p/peer.connection cannot be reached: 127.0.0.1:{port}: Connection refused"
    assert proxied.message == f"p/peer.connection cannot be reached: the proxy 127.0.0.1:{port}: Connection refused"
    error = await fails("http://nowhere.invalid")
    assert error.code == "connector.unavailable"
    assert error.message.startswith("p/peer.connection cannot be reached: nowhere.invalid:80: ")
    assert "Error" not in error.message


async def test_a_service_that_does_not_encrypt() -> None:
    async with serving(echo) as plain:
        error = await fails(plain.url.replace("http:", "https:"))
    assert error.code == "connector.unavailable"
    assert "[SSL" in error.message
    assert "ssl:" not in error.message


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"", "connector.unavailable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot so much", "connector.unavailable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "connector.unavailable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "connector.http.response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "connector.http.response"),
    ],
)
async def test_answers_that_are_cut_or_none(reply: bytes, code: str) -> None:
    async with answering(reply) as url:
        assert (await fails(url)).code == code


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"])
async def test_a_service_that_is_slow(reply: bytes) -> None:
    async with answering(reply, hold=True) as url:
        error = await fails(url, timeout=0.05)
    assert (error.code, error.status) == ("connector.timeout", 504)
    assert "no answer within 0.05 s" in error.message


async def test_private_addresses_are_closed_unless_the_installation_allows_them() -> None:
    async with serving(echo) as peer:
        port = peer.url.rpartition(":")[2]
        for url in (peer.url, f"http://localhost:{port}", f"http://[::ffff:127.0.0.1]:{port}"):
            error = await fails(url, network=PUBLIC)
            assert (error.code, "private_networks" in error.message) == ("connector.network", True), url
        for url in ("http://2130706433", "http://127.1", "http://0x7f000001", "http://0177.0.0.1"):
            assert (await fails(f"{url}:{port}", network=PUBLIC)).code.startswith("connector."), url
        assert peer.requests == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Has names lead to addresses: the answers of the first look-up, the second, and so on; gives those asked for."""
    real = socket.getaddrinfo

    def use(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
            if not str(host).endswith(".test"):
                return real(host, port, *args, **options)
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return use


async def test_a_name_that_changes_between_the_look_and_the_connection(names: Callable[..., list[str]]) -> None:
    async with serving(echo) as peer:
        port = peer.url.rpartition(":")[2]
        # What is looked at is what is connected to: nobody asks again.
        asked = names(["127.0.0.1"], ["10.0.0.1"])
        async with connected(HttpConnection(url=f"http://peer.test:{port}")) as client:
            assert (await client.send(Call("GET", "/x"))).status == 200
        assert asked == ["peer.test"]
        asked = names(["10.0.0.1"], ["127.0.0.1"])
        error = await fails(f"http://peer.test:{port}", network=AllowedNetwork(["127.0.0.1"]))
        assert (error.code, asked) == ("connector.network", ["peer.test"])


async def test_of_several_addresses_those_that_are_allowed(names: Callable[..., list[str]]) -> None:
    async with serving(echo) as peer:
        names(["10.0.0.1", "127.0.0.1"])
        async with connected(HttpConnection(url=f"http://peer.test:{peer.url.rpartition(':')[2]}")) as client:
            assert (await client.send(Call("GET", "/x"))).status == 200


async def test_a_proxy() -> None:
    async with serving(echo) as proxy:
        connection = HttpConnection(url="http://api.example.com/v1", proxy=Proxy(url=proxy.url))
        async with connected(connection) as client:
            assert (await client.send(Call("GET", "/x"))).status == 200
        assert proxy.requests[0][1] == "http://api.example.com/v1/x"
        auth = BasicAuth(user="me", password=Secret(secret="pw"))
        connection = HttpConnection(url="http://api.example.com", proxy=Proxy(url=proxy.url, auth=auth))
        async with connected(connection, secrets={"pw": "é"}) as client:
            await client.send(Call("GET", "/y"))
        assert proxy.last["proxy-authorization"] == "Basic bWU6w6k="
        error = await fails("http://10.0.0.1/v1", proxy=Proxy(url=proxy.url))
        assert error.code == "connector.network"
        assert len(proxy.requests) == 2


async def test_a_service_that_comes_back() -> None:
    async with answering(b"", OK) as url, connected(HttpConnection(url=url)) as client:
        with pytest.raises(FlowError):
            await client.send(Call("POST", "/x", body=b"x"))
        assert (await client.send(Call("POST", "/x", body=b"x"))).content == b"ok"
