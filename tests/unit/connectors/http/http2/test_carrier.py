import asyncio
import gzip
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.http.auth import ApiKeyAuth
from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.pieces import Pieces
from airdock.connectors.http.schemes import Auth
from airdock.connectors.network import PUBLIC
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.spec.step import Retry
from tests.unit.connectors.http.http2.servers import FILES, Service, connection, serving
from tests.unit.connectors.http.peers import connected, echo, opening
from tests.unit.connectors.http.peers import serving as serving_plainly
from tests.unit.connectors.http.test_client import code_of
from tests.unit.connectors.http.test_step import http, problems
from tests.unit.flows import Flows


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as made:
        yield made


async def test_a_call(service: Service) -> None:
    auth = Auth(type="apiKey")
    auth.options = ApiKeyAuth(key=Secret(secret="key"))
    made = connection(service, auth=auth, headers={"X-Mine": "é"})
    async with connected(made, files=FILES, secrets={"key": "k"}) as client:
        headers = {"Content-Type": "text/plain", "Connection": "close"}
        answer = await client.send(Call("POST", "/a%2Fb", query="q=%20", headers=headers, body=b"hello"))
        assert (answer.status, answer.content, answer.url) == (200, b"hello", f"{service.url}/a%2Fb")
        assert answer.headers["x-twice"] == ["a", "b"]
        version, method, path, sent, body = service.requests[0]
        assert (version, method, path, body) == ("2", "POST", "/a%2Fb", b"hello")
        assert (sent["x-api-key"], sent["content-type"], sent["content-length"]) == ("k", "text/plain", "5")
        assert sent["user-agent"].startswith("airdock/")
        assert "connection" not in sent
        assert (await client.send(Call("HEAD"))).content == b""
        await client.check()


async def test_many_calls_are_one_connection(service: Service) -> None:
    async with connected(connection(service), files=FILES) as client:
        answers = await asyncio.gather(*(client.send(Call("GET", f"/{n}")) for n in range(300)))
        assert {answer.content for answer in answers} == {b"2"}
        assert sorted(int(each[2][1:]) for each in service.requests) == list(range(300))
        assert len(service.ports) <= 3


async def test_large_bodies_both_ways(service: Service) -> None:
    body = bytes(range(256)) * 20_000
    async with connected(connection(service), files=FILES) as client:
        first, second, large = await asyncio.gather(
            client.send(Call("POST", "/1", body=body)),
            client.send(Call("POST", "/2", body=body[1:])),
            client.send(Call("GET", "/large")),
        )
        assert (first.content == body, second.content == body[1:], len(large.content)) == (True, True, 10_000_000)
        assert await code_of(client.send(Call("GET", "/large", max_size=1000))) == "connector.http.tooLarge"
        assert (await client.send(Call("GET"))).status == 200


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_packed_answers(service: Service, encoding: str, packed: Any) -> None:
    async with connected(connection(service), files=FILES) as client:
        call = Call("POST", f"/packed/{encoding}", body=packed(b"good" * 100_000))
        assert (await client.send(call)).content == b"good" * 100_000
        call.max_size = 100_000
        assert await code_of(client.send(call)) == "connector.http.tooLarge"
        call.body = packed(b"x" * 1000)[:-9]
        assert await code_of(client.send(call)) == "connector.http.response"
        assert service.requests[0][3]["accept-encoding"] == "gzip, deflate"


async def test_what_is_cut_off_lets_others_be(service: Service) -> None:
    async with connected(connection(service), files=FILES) as client:
        other = asyncio.ensure_future(client.send(Call("GET", "/slow")))
        await asyncio.wait_for(service.waiting.wait(), 5)
        assert await code_of(client.send(Call("GET", "/slow", timeout=0.1))) == "connector.timeout"
        await asyncio.wait_for(service.left.wait(), 5)
        service.left.clear()
        received, _ = await client.begin(Call("GET", "/endless", stream=True))
        taken = 0
        async for piece in received.pieces(10**9):
            taken += len(piece)
            if taken > 3_000_000:
                break
        received.close()
        # Much more than a window of what nobody takes any more: the connection is as good as before.
        for _ in range(3):
            assert len((await client.send(Call("GET", "/large"))).content) == 10_000_000
        service.left.set()
        assert len(service.ports) == 1
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other


async def test_bodies_in_pieces(service: Service) -> None:
    async def made() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number
            assert await service.came.get() == b"%d" % number

    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise FlowError("request.incomplete", "The body was cut off.")

    async with connected(connection(service, retry=Retry(attempts=3, delay=0.001)), files=FILES) as client:
        assert (await client.send(Call("PUT", "/x", pieces=Pieces(made)))).content == b"012"
        assert await code_of(client.send(Call("PUT", "/x", pieces=Pieces(broken)))) == "request.incomplete"
        await asyncio.wait_for(service.left.wait(), 5)
        assert (await client.send(Call("GET"))).status == 200
        assert [each[1] for each in service.requests] == ["PUT", "GET"]


async def test_a_service_that_takes_http_1_alone(tmp_path: Path) -> None:
    async with serving(tmp_path, ("http/1.1",)) as service, connected(connection(service), files=FILES) as client:
        assert [(await client.send(Call("GET"))).content for _ in "ab"] == [b"1.1", b"1.1"]
    async with serving_plainly(echo) as peer, connected(HttpConnection(url=peer.url, http2=True)) as client:
        assert (await client.send(Call("GET"))).status == 200


async def test_where_calls_may_go_and_whom_they_trust(service: Service) -> None:
    async with connected(connection(service), files=FILES, network=PUBLIC) as client:
        assert await code_of(client.send(Call("GET"))) == "connector.network"
    async with connected(HttpConnection(url=service.url, http2=True)) as client:
        assert await code_of(client.send(Call("GET"))) == "connector.unavailable"
    assert service.requests == []


async def test_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "airdock.connectors.http.http2.carrier", None)
    with pytest.raises(FlowError, match=r"pip install 'airdock\[http2\]'") as caught:
        await HttpConnection(url="https://a.example", http2=True).connect(opening())
    assert caught.value.code == "connector.missing"


def test_what_an_author_mixes_up(flows: Flows) -> None:
    proxy = {"url": "https://proxy.example.com:3128"}
    assert "by HTTP/1.1" in problems(flows, http(), http2=True, proxy=proxy)
