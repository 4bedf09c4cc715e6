from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from airdock.triggers.http import AsgiApp
from tests.unit.triggers.http.fake import RUN, make_handler

P = "/services/flow/p"
Message = MutableMapping[str, Any]


class Client:
    """The server's side of an ASGI application, message by message."""

    def __init__(self, *received: Message) -> None:
        self.received = list(received)
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self.received.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def run(self, app: AsgiApp, scope: Message) -> list[Message]:
        await app(scope, self.receive, self.send)
        return self.sent


def http(method: str, path: str, headers: tuple[tuple[bytes, bytes], ...] = (), **more: Any) -> Message:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
        **more,
    }


async def status(scope: Message, *received: Message) -> int:
    sent = await Client(*received).run(AsgiApp(make_handler()), scope)
    found: int = sent[0]["status"]
    return found


async def test_an_answer() -> None:
    sent = await Client().run(AsgiApp(make_handler()), http("GET", f"{P}/hello.flow", query_string=b"name=Joe"))
    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"airdock-run", RUN.encode()),
                (b"content-length", b"9"),
            ],
        },
        {"type": "http.response.body", "body": b"Hello Joe"},
    ]


async def test_head_has_the_length_and_no_body() -> None:
    sent = await Client().run(AsgiApp(make_handler()), http("HEAD", f"{P}/hello.flow", query_string=b"name=Joe"))
    assert (b"content-length", b"9") in sent[0]["headers"]
    assert sent[1]["body"] == b""


async def test_no_content_has_no_length() -> None:
    sent = await Client().run(AsgiApp(make_handler()), http("GET", f"{P}/nothing.flow"))
    assert [name for name, _ in sent[0]["headers"]] == [b"airdock-run"]


CHUNKED = ((b"transfer-encoding", b"chunked"),)


async def test_a_body_in_pieces() -> None:
    client = Client({"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.request", "body": b"c"})
    sent = await client.run(AsgiApp(make_handler()), http("POST", f"{P}/echo.flow", CHUNKED))
    assert sent[1]["body"] == b"""{"body":"b'abc'"}"""


@pytest.mark.parametrize(
    ("headers", "received", "expected"),
    [
        (CHUNKED, [{"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.disconnect"}], 400),
        (CHUNKED, [{"type": "http.request", "body": b"x" * 60_000, "more_body": True}] * 3, 413),
        (((b"content-length", b"5"),), [{"type": "http.request", "body": b"ab"}], 400),
        (((b"content-length", b"1000000"),), [], 413),
        (((b"content-length", b"2"), *CHUNKED), [], 400),
        (((b"Content-Length", b"2"),), [{"type": "http.request", "body": b"ab"}], 200),
    ],
)
async def test_bodies_that_do_not_come_whole(headers: Any, received: list[Message], expected: int) -> None:
    assert await status(http("POST", f"{P}/echo.flow", headers), *received) == expected


@pytest.mark.parametrize(
    ("headers", "received", "expected"),
    [
        (CHUNKED, [{"body": b"x" * 60_000, "more_body": True}] * 3 + [{}], b"[60000,60000,60000]"),
        (((b"content-length", b"3"),), [{"body": b"abc"}], b"[3]"),
        (((b"content-length", b"4"),), [{"body": b"abc"}], b"request.incomplete"),
        (CHUNKED, [{"body": b"abc", "more_body": True}, {"type": "http.disconnect"}], b"request.incomplete"),
    ],
)
async def test_a_body_piece_by_piece(headers: Any, received: list[Message], expected: bytes) -> None:
    client = Client(*({"type": "http.request", **message} for message in received))
    sent = await client.run(AsgiApp(make_handler()), http("POST", f"{P}/sizes.flow", headers))
    assert expected in sent[1]["body"]


async def test_pieces_take_room_until_the_run_ends() -> None:
    handler = make_handler()
    handler.limits.room.left = 3
    for piece, expected in ((b"abc", 200), (b"abcd", 503), (b"abc", 200)):
        client = Client({"type": "http.request", "body": piece, "more_body": True}, {"type": "http.request"})
        sent = await client.run(AsgiApp(handler), http("POST", f"{P}/echo.flow", CHUNKED))
        assert (sent[0]["status"], handler.limits.room.left) == (expected, 3)


async def test_a_body_under_http_2_needs_no_header() -> None:
    client = Client({"type": "http.request", "body": b"abc"})
    sent = await client.run(AsgiApp(make_handler()), http("POST", f"{P}/echo.flow", http_version="2"))
    assert sent[1]["body"] == b"""{"body":"b'abc'"}"""


@pytest.mark.parametrize(
    ("path", "root_path"),
    [(f"{P}/hello.flow", ""), (f"/m{P}/hello.flow", "/m"), (f"{P}/hello.flow", "/m"), (f"/m{P}/hello.flow", "/m/")],
)
async def test_the_prefix_of_a_mount_is_taken_off(path: str, root_path: str) -> None:
    assert await status(http("GET", path, root_path=root_path)) == 200


async def test_a_client_that_is_gone_when_the_answer_is_sent() -> None:
    async def send(message: Message) -> None:
        raise ConnectionResetError

    await AsgiApp(make_handler())(http("GET", f"{P}/hello.flow"), Client().receive, send)


async def test_a_websocket_is_refused() -> None:
    sent = await Client({"type": "websocket.connect"}).run(AsgiApp(make_handler()), {"type": "websocket", "path": "/"})
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(ValueError, match="carrier pigeon"):
        await Client().run(AsgiApp(make_handler()), {"type": "carrier pigeon"})


async def test_lifespan_calls_back() -> None:
    seen = []

    async def start() -> None:
        seen.append("start")

    async def stop() -> None:
        seen.append("stop")

    client = Client({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    sent = await client.run(AsgiApp(make_handler(), start, stop), {"type": "lifespan"})
    assert seen == ["start", "stop"]
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_lifespan_reports_a_start_that_fails() -> None:
    async def start() -> None:
        raise RuntimeError("no folder")

    sent = await Client({"type": "lifespan.startup"}).run(AsgiApp(make_handler(), start), {"type": "lifespan"})
    assert sent == [{"type": "lifespan.startup.failed", "message": "RuntimeError: no folder"}]


@asynccontextmanager
async def mounted(prefix: str) -> AsyncIterator[httpx.AsyncClient]:
    outer = FastAPI()

    @outer.get("/own")
    def own() -> str:
        return "own"

    outer.mount(prefix, AsgiApp(make_handler()))
    transport = httpx.ASGITransport(outer)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("prefix", ["/flows", "/a/b", ""])
async def test_mounted_in_a_fastapi_application(prefix: str) -> None:
    async with mounted(prefix) as client:
        assert (await client.get("/own")).json() == "own"
        answer = await client.get(f"{prefix}{P}/hello.flow", params={"name": "Joe"})
        assert (answer.status_code, answer.text) == (200, "Hello Joe")
        answer = await client.post(f"{prefix}{P}/echo.flow", json={"a": 1})
        assert answer.json() == {"body": {"a": 1}}
        assert (await client.get(f"{prefix}{P}/none.flow")).json()["code"] == "request.notFound"
