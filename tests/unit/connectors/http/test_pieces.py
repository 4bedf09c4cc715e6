"""Bodies of requests that are sent as they come."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.calls import Call
from airdock.connectors.http.client import HttpClient
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.pieces import Pieces, pieces_of, pieces_of_request
from airdock.connectors.http.schemes import Auth
from airdock.connectors.http.signing import HmacAuth
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from airdock.spec.step import Retry
from airdock.streams import Stream
from tests.unit.connectors.http.peers import Files, connected, echo, serving
from tests.unit.connectors.http.test_client import code_of, redirecting
from tests.unit.connectors.http.test_step import http, problems, run
from tests.unit.flows import Flows, output

NDJSON = {"type": "unmarshal", "format": "ndjson", "streaming": True}
LINES = {"type": "marshal", "format": "ndjson"}


def items(*values: Any) -> Pieces:
    return pieces_of(Stream(iter(values)))


class Sink:
    """Tells each piece of a body when it has come; `/early` answers without reading, `/deaf` does neither."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()
        self.headers: dict[str, str] = {}
        self.cut = asyncio.Event()

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            if request.path == "/deaf":
                await asyncio.sleep(60)
            if request.path != "/early":
                async for piece in request.content.iter_any():
                    self.came.put_nowait(piece)
        except BaseException:
            self.cut.set()
            raise
        return web.Response(status=413 if request.path == "/early" else 200, text="done")


@pytest.fixture(params=["fake", "service"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[HttpClient]:
    if request.param == "fake":
        yield HttpConnection(url="http://127.0.0.1:1/base").fake()
    else:
        async with serving(Files()) as peer, connected(HttpConnection(url=f"{peer.url}/base")) as client:
            yield client


async def test_pieces_are_one_body(client: HttpClient) -> None:
    typed = {"Content-Type": "text/plain"}
    pieces = items(b"a", "é", b"", bytearray(b"c"))
    assert (await client.send(Call("PUT", "/x", headers=typed, pieces=pieces))).status == 201
    assert (await client.send(Call("GET", "/x"))).content == "aéc".encode()
    await client.send(Call("PUT", "/empty", pieces=items()))
    assert (await client.send(Call("GET", "/empty"))).content == b""


async def test_what_is_no_piece(client: HttpClient) -> None:
    assert await code_of(client.send(Call("PUT", "/x", pieces=items(b"a", {"n": 1})))) == "connector.http.body"
    assert (await client.send(Call("GET", "/x"))).status == 404


def test_a_stream_is_sent_once() -> None:
    stream = Stream(iter(()))
    pieces_of(stream)
    stream.take()
    with pytest.raises(FlowError, match="sent, already"):
        pieces_of(stream)


@pytest.fixture
async def sink() -> AsyncIterator[tuple[Sink, str]]:
    """A service that reads as it is told, at an address."""
    made = Sink()
    runner = web.ServerRunner(web.Server(made), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield made, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_piece_is_there_before_the_next_one_is_made(sink: tuple[Sink, str]) -> None:
    service, url = sink

    async def made() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"%d" % number
            assert await service.came.get() == b"%d" % number

    async with connected(HttpConnection(url=url)) as client:
        assert (await client.send(Call("POST", pieces=Pieces(made)))).content == b"done"
        assert (service.headers["transfer-encoding"], "content-length" in service.headers) == ("chunked", False)


async def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(sink: tuple[Sink, str]) -> None:
    service, url = sink

    def made() -> Iterator[bytes]:
        yield b"a"
        raise FlowError("request.incomplete", "The body was cut off.")

    retry = Retry(attempts=3, delay=0.001)
    async with connected(HttpConnection(url=url, retry=retry)) as client:
        pieces = Pieces(made)
        assert await code_of(client.send(Call("PUT", pieces=pieces))) == "request.incomplete"
        assert pieces.taken
        await asyncio.wait_for(service.cut.wait(), 5)


async def test_a_service_that_does_not_take_it(sink: tuple[Sink, str]) -> None:
    _, url = sink
    large = [b"x" * 1_000_000] * 100
    async with connected(HttpConnection(url=url)) as client:
        assert await code_of(client.send(Call("POST", "/deaf", pieces=items(*large), timeout=0.2))) == (
            "connector.timeout"
        )
        assert await code_of(client.send(Call("POST", "/deaf", pieces=items(b"x"), timeout=0.2))) == "connector.timeout"


async def test_an_answer_before_the_end_of_the_body(sink: tuple[Sink, str]) -> None:
    _, url = sink
    ended = asyncio.Event()

    async def made() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0)
        finally:
            ended.set()

    async with connected(HttpConnection(url=url)) as client:
        assert (await client.send(Call("POST", "/early", pieces=Pieces(made)))).status == 413
        await asyncio.wait_for(ended.wait(), 5)


async def test_what_was_begun_is_not_sent_again() -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=503)

    retry = Retry(attempts=3, delay=0.001)
    async with serving(handle) as peer, connected(HttpConnection(url=peer.url, retry=retry)) as client:
        assert (await client.send(Call("PUT", pieces=items(b"x")))).status == 503
        assert len(peer.requests) == 1
        await client.send(Call("PUT", body=b"x"))
        assert len(peer.requests) == 4
    to = {"to307": (307, "/there"), "to303": (303, "/there")}
    async with serving(redirecting(**to)) as peer, connected(HttpConnection(url=peer.url)) as client:
        assert await code_of(client.send(Call("POST", "/to307", pieces=items(b"x")))) == "connector.http.redirects"
        assert b'"method": "GET"' in (await client.send(Call("POST", "/to303", pieces=items(b"x")))).content


async def test_what_was_not_begun_is_tried_again() -> None:
    begun = 0

    def begin() -> Iterator[bytes]:
        nonlocal begun
        begun += 1
        return iter((b"x",))

    retry = Retry(attempts=2, delay=0.001)
    async with connected(HttpConnection(url="http://127.0.0.1:1", retry=retry)) as client:
        assert await code_of(client.send(Call("PUT", pieces=Pieces(begin)))) == "connector.unavailable"
        assert begun == 0


async def test_a_signature_that_covers_the_body_needs_it_as_a_whole() -> None:
    auth = Auth(type="hmac")
    async with serving(echo) as peer:
        for parts, code in (["bodyHash"], "connector.http.body"), (["method"], None):
            auth.options = HmacAuth(key=Secret(secret="k"), parts=parts)
            async with connected(HttpConnection(url=peer.url, auth=auth), secrets={"k": "k"}) as client:
                call = Call("POST", pieces=items(b"x"))
                if code is None:
                    assert (await client.send(call)).status == 200
                else:
                    assert await code_of(client.send(call)) == code


async def test_the_request_is_sent_on_as_it_comes(flows: Flows) -> None:
    step = http(method="PUT", path="/in", streamBody=True)
    async with serving(echo) as peer:
        sent = {"content": b"\xff\x00" * 10, "headers": {"content-type": "application/x-thing"}}
        result = await run(flows, peer.url, [step, output("${body.method}")], **sent)
        assert (result.text, peer.requests[0][3], peer.last["content-type"]) == (
            "PUT", b"\xff\x00" * 10, "application/x-thing",
        )  # fmt: skip
        await run(flows, peer.url, [step], content=b"abc")
        assert (peer.requests[1][3], peer.last["content-type"]) == (b"abc", "application/octet-stream")


async def test_so_much_of_the_request_is_sent() -> None:
    asked: list[int] = []

    class Large:
        def pieces(self, most: int) -> Iterator[bytes]:
            asked.append(most)
            return iter((b"x",))

    exchange: Any = type("Exchange", (), {"request": Large()})()
    pieces = pieces_of_request(exchange, 1000)
    assert asked == []
    assert await pieces.whole() == b"x"
    assert asked == [1000]


async def test_streams_of_other_steps_are_sent_on(flows: Flows) -> None:
    async def lines(request: web.BaseRequest) -> web.Response:
        body = b"".join(b'{"n":%d}\n' % n for n in range(3)) if request.method == "GET" else await request.read()
        return web.Response(body=body, content_type="text/x-lines")

    typed = {"Content-Type": "text/x-lines"}
    put = http(method="PUT", path="/out", body="${body}")
    async with serving(lines) as peer:
        get = http(stream=True)
        await run(flows, peer.url, [get, NDJSON, LINES, put])
        assert (peer.requests[1][3], peer.last["content-type"]) == (
            b'{"n":0}\n{"n":1}\n{"n":2}\n',
            "application/x-ndjson",
        )
        assert peer.last["transfer-encoding"] == "chunked"
        await run(flows, peer.url, [get, http(method="PUT", streamBody=True, headers=typed)])
        assert (peer.requests[-1][3][:8], peer.last["content-type"]) == (b'{"n":0}\n', "text/x-lines")
        await run(flows, peer.url, [http(stream=True, result="got"), http(method="PUT", body="${properties.got}")])
        assert peer.requests[-1][3][:8] == b'{"n":0}\n'
        result = await run(flows, peer.url, [get, NDJSON, put])
        assert "`marshal` them before" in result.text
        result = await run(
            flows, peer.url, [http(stream=True, result="got"), *[http(method="PUT", body="${properties.got}")] * 2]
        )
        assert "stream.used" in result.text


async def test_a_body_that_a_step_set_is_sent_as_it_is(flows: Flows) -> None:
    async with serving(echo) as peer:
        await run(flows, peer.url, [{"type": "set", "body": {"n": 1}}, http(method="PUT", streamBody=True)])
        assert (peer.requests[0][3], peer.last["content-type"]) == (b'{"n":1}', "application/json")


def test_what_an_author_mixes_up(flows: Flows) -> None:
    assert "leave `body`" in problems(flows, http(method="PUT", streamBody=True, body="x"))
    assert "a GET has no body" in problems(flows, http(streamBody=True))
