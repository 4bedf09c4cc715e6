import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.auth import ApiKeyAuth
from airdock.connectors.http.calls import Call
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.reach import Reach
from airdock.connectors.http.schemes import Auth
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import Files, connected, echo, serving


async def code_of(sent: Any) -> str:
    with pytest.raises(FlowError) as caught:
        await sent
    return caught.value.code


@pytest.fixture(params=["fake", "service"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[HttpClient]:
    """A client of the fake, and of a service that does the same: both keep the same promises."""
    if request.param == "fake":
        yield HttpConnection(url="http://127.0.0.1:1/base").fake()
    else:
        async with serving(Files()) as peer, connected(HttpConnection(url=f"{peer.url}/base")) as client:
            yield client


async def test_what_is_put_is_there_until_it_is_deleted(client: HttpClient) -> None:
    typed = {"Content-Type": "application/json"}
    assert (await client.send(Call("GET", "/a"))).status == 404
    assert (await client.send(Call("PUT", "/a", headers=typed, body=b'{"n":1}'))).status == 201
    assert (await client.send(Call("PUT", "/a", headers=typed, body=b'{"n":2}'))).status == 204
    answer = await client.send(Call("GET", "/a", query="x=1"))
    assert (answer.status, answer.content, answer.content_type) == (200, b'{"n":2}', "application/json")
    assert answer.url.endswith("/base/a")
    assert (await client.send(Call("HEAD", "/a"))).content == b""
    assert (await client.send(Call("DELETE", "/a"))).status == 204
    assert (await client.send(Call("GET", "/a"))).status == 404


async def test_what_is_posted_tells_where_it_is(client: HttpClient) -> None:
    answer = await client.send(Call("POST", "/orders", headers={"Content-Type": "text/plain"}, body=b"x"))
    assert answer.status == 201
    found = await client.send(Call("GET", "/orders/" + answer.headers["location"].rpartition("/")[2]))
    assert found.content == b"x"


async def test_bounds_are_those_of_the_call(client: HttpClient) -> None:
    await client.send(Call("PUT", "/big", body=b"x" * 1000))
    assert await code_of(client.send(Call("GET", "/big", max_size=999))) == "connector.http.tooLarge"
    assert len((await client.send(Call("GET", "/big", max_size=1000))).content) == 1000


async def test_other_hosts_are_closed(client: HttpClient) -> None:
    for url in ("https://evil.example/x", "http://127.0.0.1:2/x", "https://127.0.0.1:1/x"):
        assert await code_of(client.send(Call("GET", url=url))) == "connector.http.notAllowed"
    assert await code_of(client.send(Call("GET", url="ftp://127.0.0.1/"))) == "connector.http.address"


async def test_a_sign_of_life_changes_nothing(client: HttpClient) -> None:
    await client.check()
    await client.check()


def redirecting(**to: Any) -> Any:
    """A service that redirects from `/name` as told: `(status, location)`; elsewhere it tells what came."""

    async def handle(request: web.BaseRequest) -> web.Response:
        if request.path[1:] in to:
            status, location = to[request.path[1:]]
            return web.Response(status=status, headers={"Location": location})
        return await echo(request)

    return handle


async def test_redirects_are_followed_as_their_status_says() -> None:
    to = {f"to{status}": (status, "/there?x=1") for status in (301, 302, 303, 307, 308)}
    async with serving(redirecting(**to)) as peer, connected(HttpConnection(url=peer.url)) as client:
        seen = {}
        for status in (301, 302, 303, 307, 308):
            headers = {"Content-Type": "text/plain", "X-Mine": "1"}
            answer = await client.send(Call("POST", f"/to{status}", headers=headers, body=b"hi"))
            told = json.loads(answer.content)
            assert (told["path"], peer.last["x-mine"]) == ("/there?x=1", "1")
            seen[status] = told["method"], told["body"], peer.last.get("content-type")
        got, posted = ("GET", "", None), ("POST", "hi", "text/plain")
        assert seen == {301: got, 302: got, 303: got, 307: posted, 308: posted}
        assert json.loads((await client.send(Call("PUT", "/to301", body=b"x"))).content)["method"] == "PUT"
        assert (await client.send(Call("GET", "/to301", redirects=0))).status == 301


async def test_redirects_are_bounded_and_none_leads_out() -> None:
    async with serving(echo) as other:
        to = {
            "loop": (302, "/loop"),
            "out": (302, f"{other.url}/x"),
            "inside": (302, "http://169.254.169.254/latest/meta-data"),
            "odd": (302, "gopher://127.0.0.1/"),
            "user": (302, "http://a:b@127.0.0.1/"),
        }
        async with serving(redirecting(**to)) as peer, connected(HttpConnection(url=peer.url)) as client:
            assert await code_of(client.send(Call("GET", "/loop"))) == "connector.http.redirects"
            assert len(peer.requests) == 6
            assert await code_of(client.send(Call("GET", "/out"))) == "connector.http.notAllowed"
            assert await code_of(client.send(Call("GET", "/inside"))) == "connector.http.notAllowed"
            assert await code_of(client.send(Call("GET", "/odd"))) == "connector.http.address"
            assert await code_of(client.send(Call("GET", "/user"))) == "connector.http.address"
        assert other.requests == []
        # Allowed by name, and private all the same.
        allow = ["http://169.254.169.254"]
        async with serving(redirecting(**to)) as peer, connected(HttpConnection(url=peer.url, allow=allow)) as client:
            assert await code_of(client.send(Call("GET", "/inside"))) == "connector.network"


async def test_credentials_go_to_their_own_origin_alone() -> None:
    async with serving(echo) as other:
        to = {"out": (307, f"{other.url}/x"), "in": (302, "/x")}
        async with serving(redirecting(**to)) as peer:
            key = ApiKeyAuth(key=Secret(secret="key"), parameter="api_key")
            auth = Auth(type="apiKey")
            auth.options = key
            connection = HttpConnection(url=peer.url, allow=[other.url], headers={"X-Tenant": "t"}, auth=auth)
            async with connected(connection, secrets={"key": "k/1"}) as client:
                headers = {"Authorization": "mine", "Cookie": "c=1", "X-Own": "1", "Content-Type": "text/plain"}
                answer = await client.send(Call("POST", "/out", headers=headers, body=b"x"))
                assert (answer.status, answer.url) == (200, f"{other.url}/x")
                assert not {"authorization", "cookie", "x-own", "x-tenant"} & other.last.keys()
                assert (other.requests[-1][1], other.last["content-type"]) == ("/x", "text/plain")
                assert peer.requests[-1][1] == "/out?api_key=k%2F1"
                assert peer.last["x-tenant"] == "t"
                answer = await client.send(Call("GET", "/in", query="a=1"))
                assert [each[1] for each in peer.requests[-2:]] == ["/in?a=1&api_key=k%2F1", "/x?api_key=k%2F1"]
                assert answer.url == f"{peer.url}/x"
                await client.send(Call("GET", url=f"{other.url}/y", headers={"X-Own": "1"}))
                assert ("x-tenant" in other.last, other.last["x-own"]) == (False, "1")


async def test_calls_of_their_own_reach() -> None:
    async with serving(echo) as peer, connected(HttpConnection(url="")) as client:
        await client.check()
        reach = Reach("", [peer.url])
        assert (await client.send(Call("GET", url=f"{peer.url}/x", reach=reach))).status == 200
        assert await code_of(client.send(Call("GET", url=f"{peer.url}/x"))) == "connector.http.notAllowed"


async def test_one_pool_for_many_runs() -> None:
    async with serving(echo) as peer, connected(HttpConnection(url=peer.url, pool=4)) as client:
        await asyncio.gather(*(client.send(Call("GET", f"/{n}")) for n in range(100)))
        assert len(peer.requests) == 100
        assert peer.connections <= 4


async def test_packed_answers_are_unpacked_within_the_bound() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    async def handle(request: web.BaseRequest) -> web.Response:
        body = {"/bomb": bomb, "/bad": b"no gzip at all", "/good": gzip.compress(b"good")}[request.path]
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"})

    async with serving(handle) as peer, connected(HttpConnection(url=peer.url)) as client:
        assert (await client.send(Call("GET", "/good"))).content == b"good"
        assert "gzip" in peer.last["accept-encoding"]
        assert await code_of(client.send(Call("GET", "/bomb"))) == "connector.http.tooLarge"
        assert await code_of(client.send(Call("GET", "/bad"))) == "connector.http.response"
    async with serving(echo) as peer, connected(HttpConnection(url=peer.url, compression=False)) as client:
        await client.send(Call("GET", "/x"))
        assert peer.last["accept-encoding"] == "identity"


async def test_signs_of_life_of_a_service() -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=int(request.path[1:] or 401))

    async with serving(handle) as peer:
        for health, headers, code in [
            ("/200", {}, None), ("/404", {}, None), ("/500", {}, "connector.unavailable"), ("", {}, None),
            ("", {"X-Key": "1"}, "connector.refused"), ("/403", {"X-Key": "1"}, "connector.refused"),
        ]:  # fmt: skip
            async with connected(HttpConnection(url=peer.url, health=health, headers=headers)) as client:
                if code is None:
                    await client.check()
                else:
                    assert await code_of(client.check()) == code
        assert {(each[0], each[1]) for each in peer.requests} >= {("HEAD", "/"), ("GET", "/200")}
