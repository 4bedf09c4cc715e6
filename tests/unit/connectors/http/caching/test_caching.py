"""The cache of a connection, as flows see it, in front of a real service."""

from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.auth import BearerAuth
from airdock.connectors.http.caching.caching import Caching, cache_of
from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.schemes import Auth
from airdock.engine.clock import LoopClock
from airdock.spec.connection import Secret
from tests.unit.connectors.http.peers import connected, serving
from tests.unit.connectors.http.test_step import http, problems, run
from tests.unit.flows import Flows, output


class Numbers:
    """Counts what it is asked; `/tagged` is asked about by its tag, `/there` is redirected to."""

    def __init__(self, control: str = "max-age=60") -> None:
        self.control = control
        self.count = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        self.count += 1
        headers = {"Cache-Control": self.control, "Vary": "Accept"}
        if request.path == "/tagged":
            headers = {"ETag": '"1"'}
            if request.headers.get("If-None-Match") == '"1"':
                return web.Response(status=304, headers=headers)
        if request.path == "/moved":
            return web.Response(status=301, headers={**headers, "Location": "/there"})
        return web.json_response({"n": self.count}, headers=headers)


@pytest.mark.parametrize("cache", [True, {"maxSize": "1MB"}])
async def test_a_flow_calls_the_service_once(flows: Flows, cache: Any) -> None:
    show = output("${body.n} ${headers.`cache-status`} | ")
    async with serving(Numbers()) as peer:
        steps = [http(), show, http(), show, http(cache=False), output("${body.n} ${$exists(headers.`cache-status`)}")]
        result = await run(flows, peer.url, steps, connection={"cache": cache})
        shown = "1 airdock; fwd=uri-miss; stored | 1 airdock; hit; ttl=XX | 2 false"
        assert result.text.replace("ttl=60", "ttl=XX").replace("ttl=59", "ttl=XX") == shown
        result = await run(flows, peer.url, [http(), http(), output("${body.n}")], connection={"cache": False})
        assert result.text == "4"


async def test_what_is_kept_is_asked_about(flows: Flows) -> None:
    show = output("${body.n} ${properties.http.headers.`cache-status`} | ")
    async with serving(Numbers()) as peer:
        steps = [http(path="/tagged"), show, http(path="/tagged"), show]
        result = await run(flows, peer.url, steps, connection={"cache": True})
        assert result.text == "1 airdock; fwd=uri-miss; stored | 1 airdock; fwd=stale; fwd-status=304; ttl=0 | "


async def test_redirects_and_streams() -> None:
    async with serving(Numbers()) as peer, connected(HttpConnection(url=peer.url, cache=True)) as client:
        for number in (2, 2):
            answer = await client.send(Call("GET", "/moved"))
            assert (answer.content, answer.url) == (b'{"n": %d}' % number, f"{peer.url}/there")
        received, _ = await client.begin(Call("GET", "/there", stream=True))
        assert received.headers["cache-status"] == "airdock; fwd=bypass"
        received.close()
        await client.send(Call("POST", "/there"))
        assert (await client.send(Call("GET", "/moved"))).content == b'{"n": 5}'
        assert len(peer.requests) == 5


async def test_credentials_make_a_request_one_of_a_caller() -> None:
    auth = Auth(type="bearer")
    auth.options = BearerAuth(token=Secret(secret="token"))
    for cache, control, seen in [
        (True, "max-age=60", 2),
        (True, "max-age=60, public", 1),
        (Caching(private=True), "max-age=60, private", 1),
    ]:
        async with serving(Numbers(control)) as peer:
            connection = HttpConnection(url=peer.url, auth=auth, cache=cache)
            async with connected(connection, secrets={"token": "t"}) as client:
                for _ in "ab":
                    await client.send(Call("GET", "/x"))
                assert len(peer.requests) == seen


def test_what_an_author_writes(flows: Flows) -> None:
    assert cache_of(False, LoopClock()) is None
    assert problems(flows, http(cache=False), cache={"private": True, "maxSize": "1MB", "staleIfError": "1h"}) == ""
    assert "staleIfError" in problems(flows, http(), cache={"staleIfErrors": "1h"})
