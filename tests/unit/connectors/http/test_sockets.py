"""WebSockets of a service and of the fake, which keep the same promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from airdock.connectors.http.auth import BearerAuth
from airdock.connectors.http.calls import Call, Upgrade
from airdock.connectors.http.connection import HttpConnection, Proxy
from airdock.connectors.http.openings import dial
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.sockets import Socket
from airdock.connectors.http.tls import Tls
from airdock.connectors.network import PUBLIC
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, serving
from tests.unit.connectors.http.sockets import MemoryService, SocketService, socket_service
from tests.unit.connectors.http.test_tls import CERTIFICATE, context


class World(NamedTuple):
    """A client, and the service that it reaches."""

    client: Any
    service: Any


def asking(path: str = "/live?a=b", **fields: Any) -> Call:
    return Call("GET", path, headers={"X-Own": "1"}, upgrade=Upgrade(**fields))


async def error_of(awaitable: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        async with asyncio.timeout(10):
            await awaitable
    return caught.value


@pytest.fixture(params=["fake", "service"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        client = HttpConnection(url="http://127.0.0.1:1/base").fake()
        yield World(client, MemoryService(client))
        return
    async with socket_service() as service, connected(HttpConnection(url=f"{service.url}/base")) as client:
        yield World(client, service)


async def opened(world: World, **fields: Any) -> tuple[Socket, Any]:
    socket = await dial(world.client, asking(**fields), 0.0)
    return socket, await world.service.next()


async def test_messages_go_both_ways(world: World) -> None:
    socket, end = await opened(world, protocols=("chat", "other"))
    assert (end.path, end.headers["x-own"], end.protocols) == ("/base/live?a=b", "1", ["chat", "other"])
    assert socket.protocol == "chat"
    for content in ("ä", b"\x00\xff", "", b""):
        await end.send(content)
        assert await socket.receive() == content
        await socket.send(content)
        assert await end.receive() == content
    await socket.close()
    assert await end.receive() is None
    await socket.close()


async def test_a_wait_that_is_cut_off_loses_nothing(world: World) -> None:
    socket, end = await opened(world)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(socket.receive(), 0.01)
    await end.send("one")
    assert await socket.receive() == "one"
    await socket.close()


@pytest.mark.parametrize(
    ("code", "refused"), [(1000, False), (1001, False), (1013, False), (1008, True), (4401, True), (3000, True)]
)
async def test_a_service_that_closes_says_why(world: World, code: int, refused: bool) -> None:
    socket, end = await opened(world)
    await end.send("last")
    closing = asyncio.ensure_future(end.close(code, "so\nit is"))
    assert await socket.receive() == "last"
    error = await error_of(socket.receive())
    assert error.code == ("connector.refused" if refused else "connector.unavailable")
    assert f"{code}: so it is" in error.message
    assert error.details["closeCode"] == code
    await closing
    assert (await error_of(socket.receive())).code.startswith("connector.")
    assert (await error_of(socket.send("x"))).code == "connector.unavailable"
    await socket.close()


async def test_a_connection_that_is_lost(world: World) -> None:
    socket, end = await opened(world)
    await end.cut()
    assert (await error_of(socket.receive())).code == "connector.unavailable"
    await socket.close()


async def test_a_message_has_a_bound(world: World) -> None:
    socket, end = await opened(world, max_size=10)
    await end.send("x" * 10)
    assert await socket.receive() == "x" * 10
    await end.send("x" * 11)
    error = await error_of(socket.receive())
    assert (error.code, "raise `maxSize`" in error.message) == ("connector.http.tooLarge", True)
    await socket.close()


@pytest.fixture
async def service() -> AsyncIterator[SocketService]:
    async with socket_service() as service:
        yield service


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "refused"),
        (403, "refused"),
        (404, "http.status"),
        (503, "unavailable"),
        (429, "unavailable"),
        (200, "http.status"),
    ],
)
async def test_a_service_that_opens_none(service: SocketService, status: int, code: str) -> None:
    service.answers = [web.Response(status=status, headers={"Retry-After": "7"}, text="no")]
    async with connected(HttpConnection(url=service.url)) as client:
        error = await error_of(dial(client, asking(), 0.0))
        assert (error.code, error.details["retryAfter"]) == (f"connector.{code}", 7.0)
        assert str(status) in error.message
        # It may be another time.
        await (await dial(client, asking(), 0.0)).close()


async def test_a_redirect_leads_no_further_than_calls_may_go(service: SocketService) -> None:
    there = {"Location": "/moved"}
    service.answers = [web.Response(status=307, headers=there)]
    async with connected(HttpConnection(url=service.url, headers={"X-Key": "k"})) as client:
        socket = await dial(client, asking(), 0.0)
        end = await service.next()
        assert (end.path, end.headers["x-key"]) == ("/moved", "k")
        await socket.close()
        service.answers = [web.Response(status=302, headers={"Location": "http://127.0.0.1:1/x"})]
        assert (await error_of(dial(client, asking(), 0.0))).code == "connector.http.notAllowed"
    async with serving(service) as other, connected(HttpConnection(url=service.url, allow=[other.url])) as client:
        service.answers = [web.Response(status=302, headers={"Location": f"{other.url}/y"})]
        socket = await dial(client, asking(), 0.0)
        end = await service.next()
        assert (end.path, "x-own" in end.headers) == ("/y", False)
        await socket.close()


async def test_who_calls_is_proven_and_private_addresses_stay_closed(service: SocketService) -> None:
    auth = Auth(type="bearer")
    auth.options = BearerAuth(token=Secret(secret="t"))
    async with connected(HttpConnection(url=service.url, auth=auth), secrets={"t": "abc"}) as client:
        socket = await dial(client, asking(), 0.0)
        assert (await service.next()).headers["authorization"] == "Bearer abc"
        await socket.close()
    async with connected(HttpConnection(url=service.url), network=PUBLIC) as client:
        assert (await error_of(dial(client, asking(), 0.0))).code == "connector.network"


async def test_a_service_that_is_silent_is_asked_whether_it_is_there(service: SocketService) -> None:
    async with connected(HttpConnection(url=service.url)) as client:
        socket = await dial(client, asking(heartbeat=0.1), 0.0)
        end = await service.next()
        receiving = asyncio.ensure_future(socket.receive())
        # Its answers to pings keep the socket, and its own pings are answered.
        await end.socket.ping()
        done, _ = await asyncio.wait([receiving], timeout=0.3)
        assert not done
        await end.send("still here")
        assert await receiving == "still here"
        await socket.close()
        service.deaf = True
        socket = await dial(client, asking(heartbeat=0.1), 0.0)
        error = await error_of(socket.receive())
        assert (error.code, "ping" in error.message) == ("connector.unavailable", True)
        await socket.close()


async def test_a_service_that_reads_nothing_holds_nobody_up(service: SocketService) -> None:
    service.deaf = True
    async with connected(HttpConnection(url=service.url)) as client:
        socket = await dial(client, asking(heartbeat=0.05), 0.0)

        async def talk() -> None:
            for _ in range(1000):
                await socket.send(b"x" * 1_000_000)

        assert (await error_of(talk())).code == "connector.unavailable"
        await socket.close()


@pytest.mark.parametrize("frame", [b"\x81\x02\xff\xfe", b"\xf1\x00", b"\x83\x00", b"\x81\xff" + b"\xff" * 8])
async def test_what_is_no_message(service: SocketService, frame: bytes) -> None:
    async with connected(HttpConnection(url=service.url)) as client:
        socket = await dial(client, asking(), 0.0)
        (await service.next()).raw(frame)
        assert (await error_of(socket.receive())).code in ("connector.http.response", "connector.http.tooLarge")
        await socket.close()


async def test_a_service_that_takes_too_long_or_is_away(service: SocketService) -> None:
    async def never(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(never) as peer, connected(HttpConnection(url=peer.url, timeout=0.05)) as client:
        assert (await error_of(dial(client, asking(), 0.0))).code == "connector.timeout"
    async with connected(HttpConnection(url="http://127.0.0.1:1")) as client:
        assert (await error_of(dial(client, asking(), 0.0))).code == "connector.unavailable"


async def test_encryption_and_a_proxy_are_those_of_calls(tmp_path: Path) -> None:
    service = SocketService()
    async with serving(service, context(tmp_path)) as peer:
        async with connected(HttpConnection(url=peer.url)) as client:
            assert (await error_of(dial(client, asking(), 0.0))).code == "connector.unavailable"
        trusting = HttpConnection(url=peer.url, tls=Tls(ca="p/ca.pem"))
        async with connected(trusting, files={"p/ca.pem": CERTIFICATE}) as client:
            socket = await dial(client, asking(), 0.0)
            await (await service.next()).send("sealed")
            assert await socket.receive() == "sealed"
            await socket.close()
    async with serving(service) as proxy:
        connection = HttpConnection(url="http://api.example.com", proxy=Proxy(url=proxy.url))
        async with connected(connection) as client:
            await (await dial(client, asking(), 0.0)).close()
        assert proxy.requests[0][1] == "http://api.example.com/live?a=b"
        async with connected(HttpConnection(url="http://10.0.0.1", proxy=Proxy(url=proxy.url))) as client:
            assert (await error_of(dial(client, asking(), 0.0))).code == "connector.network"
