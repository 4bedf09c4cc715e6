"""WebSockets of flows, as the other side sees them."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from airdock.triggers.http import HttpSettings
from tests.unit.triggers.http.streaming.conftest import PATIENCE, Site, blocks, until

ECHO = [{"type": "output", "message": {"got": "${body}", "id": "${properties.socket.id}"}}]


def echo(site: Site, **socket: Any) -> None:
    site.write("p/echo.flow", websocket=socket, steps=ECHO)


async def text(socket: Any) -> str:
    message = await socket.receive(PATIENCE)
    assert message.type is WSMsgType.TEXT, message
    return str(message.data)


async def closed(socket: Any) -> int | None:
    """The code that it is closed with."""
    message = await socket.receive(PATIENCE)
    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED), message
    return int(message.data or 0)


async def test_each_message_is_a_run_and_its_answer_goes_back(site: Site) -> None:
    site.write("p/rooms.flow", path="/rooms/{room}", websocket={}, input={"type": "object"}, steps=[
        {"type": "output", "message": "${request.params.room}: ${body.say} ${request.query.q} ${request.method}"}
    ])  # fmt: skip
    async with site.served(), site.http.ws_connect("/services/flow/p/rooms/blue?q=1") as socket:
        await socket.send_str('{"say": "hello"}')
        assert await text(socket) == "blue: hello 1 MESSAGE"
        await socket.send_str("[]")
        assert json.loads(await text(socket))["code"] == "request.schema"
        await socket.send_str("null")
        assert json.loads(await text(socket))["code"] == "request.schema"
        await socket.send_str('{"say": "again"}')
        assert await text(socket) == "blue: again 1 MESSAGE"
    runs = site.client.runs
    assert [run.error.code if run.error else "" for run in runs] == ["", "request.schema", "request.schema", ""]


async def test_messages_are_json_text_or_bytes(site: Site) -> None:
    echo(site)
    site.write("p/text.flow", websocket={"format": "text"}, steps=[{"type": "output", "message": "<${body}>"}])
    site.write("p/same.flow", websocket={}, steps=[{"type": "set", "body": "${body}"}])
    site.write("p/quiet.flow", websocket={}, steps=[{"type": "log", "message": "${body}"}])
    async with site.served():
        async with site.http.ws_connect("/services/flow/p/echo.flow") as socket:
            await socket.send_str("12345678901234567890")
            assert '"got":12345678901234567890' in await text(socket)
            await socket.send_str("{")
            problem = json.loads(await text(socket))
            assert (problem["code"], problem["status"]) == ("request.body", 400)
            assert problem["run"] == site.runs[-1].run.id
        async with site.http.ws_connect("/services/flow/p/text.flow") as socket:
            await socket.send_str("{")
            assert await text(socket) == "<{>"
        async with site.http.ws_connect("/services/flow/p/same.flow") as socket:
            await socket.send_bytes(b"\x00\xff")
            message = await socket.receive(PATIENCE)
            assert (message.type, message.data) == (WSMsgType.BINARY, b"\x00\xff")
            await socket.send_str('{"a": [1]}')
            assert await text(socket) == '{"a":[1]}'
        async with site.http.ws_connect("/services/flow/p/quiet.flow") as socket:
            await socket.send_str("1")
            await socket.ping()
            await socket.send_str("{")
            assert json.loads(await text(socket))["status"] == 400


async def test_a_failure_tells_its_code_and_the_socket_goes_on(site: Site) -> None:
    site.write("p/fail.flow", websocket={}, steps=[
        {"type": "throw", "when": "body.fail", "code": "shop.closed", "message": "closed", "status": 409},
        {"type": "output", "message": "fine"},
    ])  # fmt: skip
    async with site.served(), site.http.ws_connect("/services/flow/p/fail.flow") as socket:
        await socket.send_str('{"fail": true}')
        problem = json.loads(await text(socket))
        assert (problem["code"], problem["status"], problem["detail"]) == ("shop.closed", 409, "closed")
        await socket.send_str("{}")
        assert await text(socket) == "fine"


async def test_messages_of_a_topic_are_pushed_to_all_or_to_one(site: Site) -> None:
    site.write("p/chat.flow", path="/chat/{room}", websocket={"topic": "chat.${request.params.room}"}, steps=ECHO)
    site.write("p/say.flow", steps=[{"type": "publish", "topic": "chat.a", "body": "${body}", "headers": {
        "airdock-socket": "${request.query.to}"}}])  # fmt: skip
    async with (
        site.served(),
        site.http.ws_connect("/services/flow/p/chat/a") as one,
        site.http.ws_connect("/services/flow/p/chat/a") as other,
    ):
        await one.send_str("1")
        id = json.loads(await text(one))["id"]
        async with site.http.post(f"/services/flow/p/say.flow?to={id}", json={"only": "you"}) as said:
            assert said.status == 200
        await site.send("chat.b", "elsewhere")
        await site.send("chat.a", "for all")
        await site.send("chat.a", "\xff", content_type="application/octet-stream")
        assert json.loads(await text(one)) == {"only": "you"}
        assert await text(one) == await text(other) == "for all"
        assert (await other.receive(PATIENCE)).data == "\xff".encode()


async def test_messages_of_one_socket_run_in_order_unless_several_may_at_once(site: Site) -> None:
    steps = [
        {"type": "delay", "when": "body = 1", "duration": "300ms"},
        {"type": "output", "message": "${body}"},
    ]
    site.write("p/one.flow", websocket={}, steps=steps)
    site.write("p/many.flow", websocket={"concurrency": 2}, steps=steps)
    async with site.served():
        for name, order in (("one", ["1", "2", "3"]), ("many", ["2", "3", "1"])):
            async with site.http.ws_connect(f"/services/flow/p/{name}.flow") as socket:
                for number in (1, 2, 3):
                    await socket.send_str(f"{number}")
                assert [await text(socket) for _ in range(3)] == order


async def test_a_message_that_is_too_large_closes_the_socket(site: Site) -> None:
    echo(site, maxMessage="1KB")
    async with site.served(), site.http.ws_connect("/services/flow/p/echo.flow") as socket:
        await socket.send_str(f'"{"x" * 1022}"')
        assert '"got"' in await text(socket)
        await socket.send_str(f'"{"x" * 1023}"')
        assert json.loads(await text(socket))["code"] == "request.tooLarge"
        # granian's RSGI has no way to tell the code.
        assert await closed(socket) == (1009 if site.face == "asgi" else 0)


async def test_pages_of_other_sites_are_refused_unless_they_are_listed(site: Site) -> None:
    echo(site, origins=["https://www.example.com"])
    async with site.served():
        own = str(site.http._base_url).rstrip("/")
        for origin in (own, "https://www.example.com", "https://WWW.example.com"):
            async with site.http.ws_connect("/services/flow/p/echo.flow", headers={"Origin": origin}) as socket:
                await socket.send_str("1")
                assert await text(socket)
        for origin in ("https://evil.example", "http://www.example.com", "null", own + "0"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await site.http.ws_connect("/services/flow/p/echo.flow", headers={"Origin": origin})
            assert refused.value.status == 403
    assert len(site.handler.streams) == 0


async def test_what_protects_a_flow_protects_its_sockets(site: Site) -> None:
    echo(site)
    site.write("p/roles.flow", websocket={}, roles=["sales"], steps=ECHO)
    site.write("p/rate.flow", websocket={}, rateLimit={"limit": 1, "per": "1h", "by": "flow"}, steps=ECHO)
    site.write("p/plain.flow", steps=ECHO)
    async with site.served(HttpSettings(max_streams=2)):
        for path, status in (("roles.flow", 401), ("plain.flow", 404), ("none.flow", 404)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await site.http.ws_connect(f"/services/flow/p/{path}")
            assert (path, refused.value.status) == (path, status)
        async with site.http.ws_connect("/services/flow/p/rate.flow"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await site.http.ws_connect("/services/flow/p/rate.flow")
            assert refused.value.status == 429
            async with site.http.ws_connect("/services/flow/p/echo.flow"):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await site.http.ws_connect("/services/flow/p/echo.flow")
                assert refused.value.status == 503
        async with site.http.get("/services/flow/p/echo.flow") as answer:
            assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")
            assert (await answer.json())["code"] == "request.upgrade"


async def test_a_socket_ends_when_its_flow_is_another_one_its_time_is_over_or_the_server_stops(site: Site) -> None:
    for name, age in (("a", "1h"), ("b", "1s"), ("c", "1h")):
        site.write(f"p/{name}.flow", websocket={"maxAge": age, "topic": "t"}, steps=ECHO)
    async with site.served():
        first, second, third = [await site.http.ws_connect(f"/services/flow/p/{name}.flow") for name in "abc"]
        site.write("p/a.flow", websocket={}, steps=[])
        site.reload()
        restart, away = (1012, 1001) if site.face == "asgi" else (0, 0)
        assert await closed(first) == restart
        assert await closed(second) == restart
        stopping = asyncio.ensure_future(site.handler.streams.stopped(PATIENCE))
        assert await closed(third) == away
        await stopping


async def test_what_is_under_way_is_answered_before_a_socket_ends(site: Site) -> None:
    site.write("p/slow.flow", websocket={}, steps=[
        {"type": "output", "message": "first"},
        {"type": "delay", "when": "body = 2", "duration": "300ms"},
    ])  # fmt: skip
    async with site.served(), site.http.ws_connect("/services/flow/p/slow.flow") as socket:
        await socket.send_str("1")
        assert await text(socket) == "first"
        await socket.send_str("2")
        await until(lambda: site.handler.in_flight > 0)
        site.handler.streams.stop()
        assert await text(socket) == "first"
        await closed(socket)


async def test_a_sandbox_is_for_its_owner_alone(site: Site) -> None:
    echo(site)
    async with site.served():
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await site.http.ws_connect("/services/flow-sandbox/ann/p/echo.flow")
        assert refused.value.status == 401


@pytest.mark.parametrize("site", ["uvicorn"], indirect=True)
async def test_any_asgi_server_serves_sockets_and_events(site: Site) -> None:
    echo(site, topic="t", maxMessage="1KB")
    site.write("p/live.flow", events={"topic": "t"})
    async with site.served(), site.http.get("/services/flow/p/live.flow") as events:
        assert await blocks(events, 1) == ["retry: 3000"]
        async with site.http.ws_connect("/services/flow/p/echo.flow") as socket:
            await socket.send_str("1")
            assert '"got":1' in await text(socket)
            await site.send("t", "news")
            assert await text(socket) == "news"
            assert await blocks(events, 1) == ["id: 1\ndata: news"]
            await socket.send_bytes(bytes(1025))
            assert json.loads(await text(socket))["code"] == "request.tooLarge"
            assert await closed(socket) == 1009
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await site.http.ws_connect("/services/flow/p/live.flow")
        assert refused.value.status == 404
        await site.handler.streams.stopped(PATIENCE)
        assert await events.read() == b""
