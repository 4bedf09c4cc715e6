"""Streams of a service and of the fake, which keep the same promises."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.network import PUBLIC
from airdock.connectors.sse.trigger import SseTrigger
from airdock.errors import FlowError
from airdock.spec.trigger import EndedError
from tests.unit.connectors.held import Held, end_of, next_of
from tests.unit.connectors.http.peers import connected, serving
from tests.unit.connectors.sse.service import EventService, MemoryEvents, event_service


class World(NamedTuple):
    """A service, and what a trigger reaches it by."""

    held: Held
    service: Any

    def source(self, **fields: Any) -> Any:
        return source(self.held, **fields)


def source(held: Held, **fields: Any) -> Any:
    return SseTrigger(connection="p/c.connection", path="/events?a=b", **fields).source(held)  # type: ignore[arg-type]


@pytest.fixture(params=["fake", "service"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        client = HttpConnection(url="http://127.0.0.1:1/base").fake()
        yield World(Held(client), MemoryEvents(client))
        return
    async with event_service() as service, connected(HttpConnection(url=f"{service.url}/base")) as client:
        yield World(Held(client), service)


async def test_events_arrive(world: World) -> None:
    async with world.source().open(5) as arrivals:
        stream = await world.service.next()
        assert stream.path == "/base/events?a=b"
        assert stream.headers["accept"] == "text/event-stream"
        assert "last-event-id" not in stream.headers
        stream.write('id: 1\nevent: order\ndata: {"n": 1}\n\n')
        arrival = await next_of(arrivals)
        assert (arrival.body, arrival.id) == ('{"n": 1}', "1")
        assert arrival.about == {"event": "order", "lastEventId": "1"}
        assert (arrival.redelivered, arrival.stays, arrival.once) == (False, True, False)
        stream.write("data: two\ndata: lines\n\n")
        arrival = await next_of(arrivals)
        assert (arrival.body, arrival.id) == ("two\nlines", "")
        assert arrival.about == {"event": "message", "lastEventId": "1"}
    async with asyncio.timeout(10):
        await stream.gone()


async def test_a_stream_is_resumed_behind_what_was_received_and_after_a_restart_behind_what_was_done(
    world: World,
) -> None:
    made = world.source()
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        stream.write("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n")
        first, second, third = [await next_of(arrivals) for _ in range(3)]
        await first.accept()
        await third.accept()
        stream.cut()
        assert (await end_of(arrivals)).code == "connector.unavailable"
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        assert stream.headers["last-event-id"] == "3"
    async with world.source().open(5) as arrivals:
        stream = await world.service.next()
        assert stream.headers["last-event-id"] == "1"
        stream.write("id: 2\ndata: b\n\n")
        assert (await next_of(arrivals)).redelivered
    await second.accept()
    async with world.source().open(5):
        assert (await world.service.next()).headers["last-event-id"] == "3"


async def test_what_was_released_comes_again(world: World) -> None:
    made = world.source()
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        stream.write("id: 1\ndata: a\n\nid: 2\ndata: b\n\n")
        await (await next_of(arrivals)).accept()
        await (await next_of(arrivals)).release()
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        assert stream.headers["last-event-id"] == "1"


async def test_other_streams_have_other_positions(world: World) -> None:
    async with world.source().open(5) as arrivals:
        stream = await world.service.next()
        stream.write("id: 1\ndata: a\n\n")
        await (await next_of(arrivals)).accept()
    trigger = SseTrigger(connection="p/c.connection", path="/other")
    async with trigger.source(world.held).open(5):  # type: ignore[arg-type]
        assert "last-event-id" not in (await world.service.next()).headers


async def test_names_are_chosen_and_others_move_the_position(world: World) -> None:
    made = world.source(events=["order", "message"])
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        stream.write(
            "event: tick\nid: 1\ndata: x\n\ndata: plain\n\nevent: order\ndata: y\n\nevent: tick\nid: 2\ndata\n\n"
        )
        bodies = [await next_of(arrivals) for _ in range(2)]
        assert [each.body for each in bodies] == ["plain", "y"]
        for each in bodies:
            await each.accept()
        stream.write("event: order\ndata: last\n\n")
        await (await next_of(arrivals)).accept()
    async with world.source().open(5):
        assert (await world.service.next()).headers["last-event-id"] == "2"


async def test_an_event_without_an_id_cannot_come_again(world: World) -> None:
    async with world.source().open(5) as arrivals:
        stream = await world.service.next()
        stream.write("data: a\n\n")
        arrival = await next_of(arrivals)
        assert (arrival.stays, arrival.once) == (True, True)


async def test_the_end_of_a_stream_and_the_wait_that_it_asks_for(world: World) -> None:
    made = world.source()
    async with made.open(5) as arrivals:
        stream = await world.service.next()
        stream.write("data: a\n\n")
        await next_of(arrivals)
        stream.end()
        error = await end_of(arrivals)
        assert (error.code, "has ended the stream" in error.message) == ("connector.unavailable", True)
        assert "retryAfter" not in error.details
    for end in ("cut", "end"):
        async with made.open(5) as arrivals:
            stream = await world.service.next()
            stream.write("retry: 1500\n\ndata: a\n\ndata: cut in the mid")
            await next_of(arrivals)
            getattr(stream, end)()
            assert (await end_of(arrivals)).details["retryAfter"] == 1.5
    async with made.open(5) as arrivals:
        # It is remembered until another one is asked for.
        (await world.service.next()).end()
        assert (await end_of(arrivals)).details["retryAfter"] == 1.5


async def test_an_event_that_is_too_large_has_a_fault_and_one_without_end_ends_the_stream(world: World) -> None:
    async with world.source(max_size=100).open(5) as arrivals:
        stream = await world.service.next()
        stream.write(f"data: {'x' * 200}\nid: 1\n\ndata: good\n\n")
        arrival = await next_of(arrivals)
        assert arrival.fault is not None
        assert (arrival.fault.code, arrival.body[:90], arrival.id) == ("request.tooLarge", "x" * 90, "1")
        assert (await next_of(arrivals)).body == "good"
        for _ in range(100):
            stream.write("data: " + "y" * 100)
        assert (await end_of(arrivals)).code == "connector.http.tooLarge"


async def test_what_is_no_utf8_is_replaced(world: World) -> None:
    async with world.source().open(5) as arrivals:
        (await world.service.next()).write(b"data: \xff\xe4\n\n")
        assert (await next_of(arrivals)).body == "��"


# What only a service on the network does.


@pytest.fixture
async def service() -> AsyncIterator[EventService]:
    async with event_service() as service:
        yield service


async def refusal(made: Any) -> Any:
    with pytest.raises((FlowError, EndedError)) as caught:
        async with asyncio.timeout(10), made.open(5):
            raise AssertionError
    return caught.value


@pytest.mark.parametrize(
    ("status", "code"), [(401, "refused"), (404, "http.status"), (500, "unavailable"), (201, "http.status")]
)
async def test_statuses(service: EventService, status: int, code: str) -> None:
    service.answers = [web.Response(status=status, headers={"Retry-After": "3"})]
    async with connected(HttpConnection(url=service.url)) as client:
        made = source(Held(client))
        error = await refusal(made)
        assert (error.code, error.details["retryAfter"]) == (f"connector.{code}", 3.0)
        assert str(status) in error.message
        async with made.open(5):
            assert await service.next()


async def test_a_service_that_has_no_events_any_more(service: EventService) -> None:
    service.answers = [web.Response(status=204)]
    async with connected(HttpConnection(url=service.url)) as client:
        error = await refusal(source(Held(client)))
        assert isinstance(error, EndedError)
        assert "answered 204" in str(error)


async def test_what_is_no_stream(service: EventService) -> None:
    service.content_type = "text/html"
    async with connected(HttpConnection(url=service.url)) as client:
        error = await refusal(source(Held(client)))
        assert (error.code, "'text/html'" in error.message) == ("connector.http.response", True)


async def test_packed_events_are_read_and_take_no_more_room_than_others() -> None:
    packed = gzip.compress(b"id: 1\ndata: a\n\ndata: " + b"x" * 20_000_000)

    async def answer(request: web.BaseRequest) -> web.Response:
        headers = {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}
        return web.Response(body=packed, headers=headers)

    async with serving(answer) as peer, connected(HttpConnection(url=peer.url)) as client:
        async with source(Held(client), max_size=1000).open(5) as arrivals:
            assert (await next_of(arrivals)).body == "a"
            assert (await end_of(arrivals)).code == "connector.http.tooLarge"
        packed = packed[:20] + b"none" + packed[20:]
        async with source(Held(client)).open(5) as arrivals:
            error = await end_of(arrivals)
            assert (error.code, "not packed" in error.message) == ("connector.http.response", True)


async def test_redirects_keep_the_position(service: EventService) -> None:
    async with event_service() as other, connected(HttpConnection(url=service.url, allow=[other.url])) as client:
        made = source(Held(client))
        async with made.open(5) as arrivals:
            (await service.next()).write("id: ä7\ndata: a\n\n")
            await next_of(arrivals)
        service.answers = [web.Response(status=307, headers={"Location": f"{other.url}/there"})]
        async with made.open(5):
            stream = await other.next()
            assert (stream.path, stream.headers["last-event-id"]) == ("/there", "ä7")
    async with connected(HttpConnection(url=service.url)) as client:
        service.answers = [web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})]
        assert (await refusal(source(Held(client)))).code == "connector.http.notAllowed"


async def test_a_service_that_is_slow_or_silent(service: EventService) -> None:
    async def never(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    connection = HttpConnection(url=service.url)
    async with connected(connection) as client, source(Held(client), silence=0.2).open(5) as arrivals:
        (await service.next()).write(": still here\n")
        error = await end_of(arrivals)
        assert (error.code, "nothing came for 0.2 s" in error.message) == ("connector.timeout", True)
    async with serving(never) as peer, connected(HttpConnection(url=peer.url, timeout=0.05)) as client:
        assert (await refusal(source(Held(client)))).code == "connector.timeout"


async def test_a_service_that_is_away_or_inside(service: EventService) -> None:
    async with connected(HttpConnection(url="http://127.0.0.1:1")) as client:
        assert (await refusal(source(Held(client)))).code == "connector.unavailable"
    async with connected(HttpConnection(url=service.url), network=PUBLIC) as client:
        assert (await refusal(source(Held(client)))).code == "connector.network"
