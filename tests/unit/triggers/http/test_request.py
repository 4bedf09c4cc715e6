import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.request import FormUnread
from airdock.triggers.http import BufferedRequest, HttpRequest, Limits, Room
from airdock.triggers.http.request import cut_off
from tests.unit.triggers.http.refusing import refusing

FORM = ("Content-Type", "application/x-www-form-urlencoded")


class WireRequest(HttpRequest):
    """A request whose body comes when it is read."""

    def __init__(self, body: bytes, headers: Iterable[tuple[str, str]], limits: Limits | None = None) -> None:
        super().__init__("POST", "/x", limits or Limits())
        self.wire = body
        self.wire_headers = list(headers)
        self.reads = 0
        self.gate: asyncio.Event | None = None

    def take_fields(self) -> Iterable[tuple[str, str]]:
        return self.wire_headers

    async def receive_pieces(self, length: int | None) -> AsyncGenerator[bytes, None]:
        for at in range(0, len(self.wire), 7):
            if self.gate is not None and at:
                await self.gate.wait()
            yield self.wire[at : at + 7]

    async def receive(self, length: int | None, limit: int) -> bytes:
        self.reads += 1
        if self.gate is not None:
            await self.gate.wait()
        if length is not None and length != len(self.wire):
            raise cut_off()
        return self.wire


def wire(
    body: bytes, *headers: tuple[str, str], length: str | None = None, limits: Limits | None = None
) -> WireRequest:
    return WireRequest(body, [*headers, ("content-length", length or str(len(body)))], limits)


async def failure(request: HttpRequest) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await request.read()
    return caught.value


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("name=Joe", "Joe"),
        ("name=", ""),
        ("name", ""),
        ("name=Joe&name=Ann", "Joe"),
        ("a=1&name=Joe+D", "Joe D"),
        ("name=J%C3%B6", "Jö"),
        ("nam%65=x", "x"),
        ("names=Joe", None),
        ("", None),
    ],
)
def test_a_parameter_of_the_query(query: str, value: str | None) -> None:
    assert BufferedRequest("GET", "/x", query=query).parameter("name") == value


@given(st.text(alphabet="ab=&%+ 0", max_size=12))
def test_a_parameter_is_the_first_value_of_the_query(query: str) -> None:
    request = BufferedRequest("GET", "/x", query=query)
    assert request.parameter("a") == BufferedRequest("GET", "/x", query=query).query.get("a")


def test_a_parameter_of_a_form_comes_after_the_query() -> None:
    request = BufferedRequest("POST", "/x", query="a=1", headers=[FORM], body=b"a=2&b=3&b=4")
    assert (request.parameter("a"), request.parameter("b"), request.parameter("c")) == ("1", "3", None)
    assert request.form == request.body == {"a": "2", "b": "3"}


def test_a_parameter_that_is_a_file_is_its_name() -> None:
    body = b'--e\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--e--'
    headers = [("content-type", "multipart/form-data; boundary=e")]
    assert BufferedRequest("POST", "/x", headers=headers, body=body).parameter("f") == "a.txt"


def test_query_headers_and_cookies() -> None:
    headers = [("A", "1"), ("a", "2"), ("Cookie", "x=1"), ("cookie", "y=2"), ("Host", "h")]
    request = BufferedRequest("GET", "/x", query="a=1&b=2&a=3", headers=headers)
    assert (request.query, request.queryAll) == ({"a": "1", "b": "2"}, {"a": ["1", "3"], "b": ["2"]})
    assert request.headers == {"a": "1, 2", "cookie": "x=1; y=2", "host": "h"}
    assert request.cookies == {"x": "1", "y": "2"}
    assert (request.params, request.form, request.user, request.remote) == ({}, {}, None, "")


def test_parts_are_made_once() -> None:
    request = BufferedRequest("POST", "/x", query="a=1", headers=[("content-type", "application/json")], body=b"{}")
    for part in ("query", "queryAll", "headers", "cookies", "params", "form", "body"):
        assert getattr(request, part) is getattr(request, part)


def test_a_query_with_too_many_parameters_is_refused() -> None:
    request = BufferedRequest("GET", "/x", query="a&" * 30, limits=Limits(parameters=20))
    with pytest.raises(FlowError, match="20"):
        request.parameter("a")


def test_no_body_is_not_unread() -> None:
    request = WireRequest(b"", [])
    assert (request.unread, request.parameter("a"), request.body, request.form) == (False, None, None, {})


async def test_a_body_is_unread_until_it_is_read() -> None:
    request = wire(b'{"a": 1}', ("content-type", "application/json"))
    assert (request.unread, request.parameter("a")) == (True, None)
    with pytest.raises(FlowError, match="before it was read"):
        _ = request.body
    await request.read()
    await request.read()
    assert (request.unread, request.body, request.reads) == (False, {"a": 1}, 1)


async def test_a_form_is_unread_until_it_is_read() -> None:
    request = wire(b"a=1", FORM, ("content-type", FORM[1]))
    with pytest.raises(FormUnread):
        request.parameter("a")
    await request.read()
    assert request.parameter("a") == "1"


async def test_branches_that_read_at_once_read_once() -> None:
    request = wire(b"abc")
    request.gate = asyncio.Event()
    reads = asyncio.gather(request.read(), request.read())
    await asyncio.sleep(0)
    request.gate.set()
    await reads
    assert (request.reads, request.body) == (1, b"abc")


async def test_a_body_that_was_announced_too_large_is_not_read() -> None:
    request = wire(b"x" * 11, limits=Limits(body=10))
    assert (await failure(request)).status == 413
    assert request.reads == 0


async def test_a_failure_is_the_same_when_read_again() -> None:
    request = wire(b"abc", length="5")
    first, second = await failure(request), await failure(request)
    assert (first.code, first.status) == (second.code, second.status) == ("request.incomplete", 400)
    assert request.reads == 1


async def test_a_body_that_does_not_come_is_given_up() -> None:
    request = wire(b"abc", limits=Limits(body_seconds=0.01))
    request.gate = asyncio.Event()
    assert (await failure(request)).status == 408


async def test_a_read_that_was_cancelled_leaves_no_half_body() -> None:
    request = wire(b"abc")
    request.gate = asyncio.Event()
    task = asyncio.create_task(request.read())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await failure(request)).code == "request.incomplete"


async def test_a_packed_body_is_unpacked() -> None:
    request = wire(gzip.compress(b"hello"), ("content-encoding", "gzip"), ("content-type", "text/plain"))
    await request.read()
    assert request.body == "hello"


async def test_a_packed_body_that_swells_is_refused() -> None:
    request = wire(gzip.compress(bytes(10_000)), ("content-encoding", "gzip"), limits=Limits(body=1000))
    assert (await failure(request)).status == 413


async def pieces(request: HttpRequest, most: int = 1000) -> bytes:
    return b"".join([piece async for piece in request.pieces(most)])


@pytest.mark.parametrize("encoding", ["", "identity", "gzip", "deflate"])
async def test_a_body_piece_by_piece_is_larger_than_those_that_are_kept(encoding: str) -> None:
    body = b"hello" * 100
    packed = {"gzip": gzip.compress(body), "deflate": zlib.compress(body)}.get(encoding, body)
    # What comes as deflate is read as a whole.
    limits = Limits(body=500 if encoding == "deflate" else 499)
    request = wire(packed, ("content-encoding", encoding), limits=limits)
    assert request.unread
    assert await pieces(request) == body
    assert not request.unread


async def test_what_went_by_cannot_be_had_again() -> None:
    request = wire(b"hello, world", ("content-type", "text/plain"))
    found = request.pieces(1000)
    assert not request.unread
    with pytest.raises(FlowError, match="piece by piece, and is not kept"):
        _ = request.body
    with pytest.raises(FlowError, match="piece by piece, and is not kept"):
        await pieces(request)
    assert b"".join([piece async for piece in found]) == b"hello, world"


async def test_a_body_that_was_read_is_one_piece() -> None:
    request = wire(b"hello, world")
    assert await request.read_wire() == b"hello, world"
    assert await pieces(request) == b"hello, world"
    assert await pieces(request) == b"hello, world"
    assert request.body == b"hello, world"


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"x" * 1001, "", 413),
        (gzip.compress(b"x" * 1001), "gzip", 413),
        (gzip.compress(b"abc")[:-1], "gzip", 400),
        (b"not gzip", "gzip", 400),
        (b"x", "br", 415),
    ],
)
async def test_pieces_that_do_not_fit(body: bytes, encoding: str, status: int) -> None:
    for headers in (("content-length", str(len(body))), ("transfer-encoding", "chunked")):
        request = WireRequest(body, [headers, ("content-encoding", encoding)])
        with pytest.raises(FlowError) as caught:
            await pieces(request)
        assert caught.value.status == status


async def test_a_piece_that_does_not_come_is_given_up() -> None:
    request = wire(b"hello, world", limits=Limits(body_seconds=0.01))
    request.gate = asyncio.Event()
    with pytest.raises(FlowError) as caught:
        await pieces(request)
    assert (caught.value.code, caught.value.status) == ("request.incomplete", 408)


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 30, "", " 5"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(FlowError, match="Content-Length"):
        _ = WireRequest(b"", [("content-length", length)]).unread


def test_length_and_transfer_encoding_together_are_refused() -> None:
    with pytest.raises(FlowError, match="both"):
        _ = wire(b"abc", ("transfer-encoding", "chunked")).unread


async def test_a_body_of_unknown_length() -> None:
    request = WireRequest(b"abc", [("transfer-encoding", "chunked")])
    assert request.unread
    await request.read()
    assert request.body == b"abc"


@given(st.text(), st.text(max_size=60), st.binary(max_size=200))
def test_no_request_raises_anything_but_a_flow_error(query: str, content_type: str, body: bytes) -> None:
    request = BufferedRequest(
        "POST", "/x", query=query, headers=[("content-type", content_type), ("cookie", query)], body=body
    )
    for part in ("query", "queryAll", "headers", "cookies", "form", "body"):
        with refusing("request.body", "request.query"):
            getattr(request, part)


async def test_bodies_share_a_room() -> None:
    limits = Limits(body=10, room=Room(15))
    first, second, third = (wire(b"x" * 8, limits=limits) for _ in range(3))
    await first.read()
    assert ((await failure(second)).status, second.reads) == (503, 0)
    first.release()
    first.release()
    await third.read()
    assert limits.room.left == 7


async def test_an_unpacked_body_takes_the_room_that_it_needs() -> None:
    packed = gzip.compress(b"x" * 1000)
    limits = Limits(room=Room(900))
    request = wire(packed, ("content-encoding", "gzip"), limits=limits)
    assert (await failure(request)).code == "request.busy"
    request.release()
    assert limits.room.left == 900
