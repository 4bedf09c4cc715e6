from collections.abc import AsyncIterator
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # its stubs do not mark it as exported

from airdock.triggers.http.rsgi import RsgiApp
from tests.unit.triggers.http.fake import RUN, make_handler

P = "/services/flow/p"
ENDLESS = -1


class Scope:
    proto = "http"
    query_string = ""
    client = "[::1]:4711"

    def __init__(self, method: str, path: str, version: str = "1.1", **headers: str) -> None:
        self.method = method
        self.path = path
        self.http_version = version
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Protocol:
    """The server's side of one exchange; `chunks` end as those of granian do."""

    def __init__(self, *chunks: bytes, closed: bool = False, endless: bool = False) -> None:
        self.chunks = chunks
        self.closed = closed
        self.endless = endless
        self.answers: list[tuple[Any, ...]] = []

    async def __call__(self) -> bytes:
        if self.closed:
            raise ProtocolClosed
        return b"".join(self.chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
        while self.endless:
            yield b""

    def _answer(self, *answer: Any) -> None:
        if self.closed:
            raise ProtocolClosed
        self.answers.append(answer)

    response_str = response_bytes = response_empty = _answer


async def serve(scope: Any, protocol: Any) -> None:
    await RsgiApp(make_handler()).__rsgi__(scope, protocol)


async def answer(scope: Scope, protocol: Protocol) -> tuple[Any, ...]:
    await serve(scope, protocol)
    (only,) = protocol.answers
    return only


async def test_an_answer() -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("airdock-run", RUN)]
    assert await answer(Scope("GET", f"{P}/hello.flow"), Protocol()) == (200, headers, "Hello None")
    assert await answer(Scope("GET", f"{P}/nothing.flow"), Protocol()) == (204, [("airdock-run", RUN)])


async def test_the_address_of_the_caller() -> None:
    (_, _, body) = await answer(Scope("GET", f"{P}/inspect.flow", cookie="a=1"), Protocol())
    assert b'"remote":"::1"' in body
    assert b'"cookies":{"a":"1"}' in body


@pytest.mark.parametrize(
    ("version", "protocol", "status"),
    [
        ("1.1", Protocol(b"abc", b""), 200),
        ("1.1", Protocol(b"abc", b"", b""), 400),
        ("2", Protocol(b"abc", b"", b""), 200),
        ("2", Protocol(b"abc", endless=True), 400),
        ("1.1", Protocol(b"x" * 60_000, b"x" * 60_000, b""), 413),
    ],
)
async def test_bodies_of_unknown_length(version: str, protocol: Protocol, status: int) -> None:
    scope = Scope("POST", f"{P}/echo.flow", version, transfer_encoding="chunked")
    assert (await answer(scope, protocol))[0] == status


@pytest.mark.parametrize(
    ("protocol", "version", "headers", "status", "body"),
    [
        (Protocol(b"abc", b"de", b""), "1.1", {"transfer_encoding": "chunked"}, 200, b"[3,2]"),
        (Protocol(b"abc", b"de"), "1.1", {"content_length": "5"}, 200, b"[3,2]"),
        (Protocol(*[b"x" * 60_000] * 10, b""), "2", {}, 200, b"[" + b",".join([b"60000"] * 10) + b"]"),
        (Protocol(*[b"x" * 60_000] * 20, b""), "2", {}, 413, None),
        (Protocol(), "1.1", {"content_length": "1000001"}, 413, None),
        (Protocol(b"abc", b"", b""), "1.1", {"transfer_encoding": "chunked"}, 400, None),
        (Protocol(b"abc"), "1.1", {"content_length": "5"}, 400, None),
        (Protocol(b"abc", endless=True), "2", {}, 400, None),
    ],
)
async def test_a_body_piece_by_piece(
    protocol: Protocol, version: str, headers: dict[str, str], status: int, body: bytes | None
) -> None:
    found = await answer(Scope("POST", f"{P}/sizes.flow", version, **headers), protocol)
    assert found[0] == status
    assert body is None or found[2] == body


async def test_pieces_take_room_until_the_run_ends() -> None:
    app = make_handler()
    app.limits.room.left = 3
    for piece, expected in ((b"abc", 200), (b"abcd", 503), (b"abc", 200)):
        protocol = Protocol(piece[:2], piece[2:], b"")
        await RsgiApp(app).__rsgi__(Scope("POST", f"{P}/echo.flow", transfer_encoding="chunked"), protocol)  # type: ignore[arg-type]
        assert (protocol.answers[0][0], app.limits.room.left) == (expected, 3)


async def test_a_body_under_http_2_needs_no_header() -> None:
    assert (await answer(Scope("POST", f"{P}/echo.flow", "2"), Protocol(b"abc", b"")))[2] == b"""{"body":"b'abc'"}"""


async def test_a_client_that_is_gone() -> None:
    protocol = Protocol(closed=True)
    await serve(Scope("POST", f"{P}/echo.flow", content_length="3"), protocol)
    assert protocol.answers == []


def test_start_and_stop_are_called_with_the_loop() -> None:
    seen: list[tuple[str, Any]] = []
    app = RsgiApp(make_handler(), lambda loop: seen.append(("start", loop)), lambda loop: seen.append(("stop", loop)))
    app.__rsgi_init__(1)
    app.__rsgi_del__(1)
    RsgiApp(make_handler()).__rsgi_init__(1)
    RsgiApp(make_handler()).__rsgi_del__(1)
    assert seen == [("start", 1), ("stop", 1)]
