"""A listener of a WebSocket, from its descriptor to its runs; the service is real, or the fake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.websocket.source import as_message, as_text
from airdock.connectors.websocket.trigger import WebsocketTrigger
from airdock.spec.descriptors import Redelivery
from tests.service.proxy import Proxy
from tests.unit.connectors.held import Held, end_of, next_of
from tests.unit.connectors.http.peers import connected as connected_to
from tests.unit.connectors.http.sockets import MemoryService, socket_service
from tests.unit.connectors.listening import Kept, failing, listening
from tests.unit.connectors.opening import ConnectedFlows


def trigger(**fields: Any) -> WebsocketTrigger:
    return WebsocketTrigger(connection="p/c.connection", **fields)


class World(NamedTuple):
    """A service, and what a trigger reaches it by."""

    held: Held
    service: Any

    def source(self, **fields: Any) -> Any:
        return trigger(**fields).source(self.held)  # type: ignore[arg-type]


@pytest.fixture(params=["fake", "service"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        client = HttpConnection(url="http://127.0.0.1:1/base").fake()
        yield World(Held(client), MemoryService(client))
        return
    async with socket_service() as service, connected_to(HttpConnection(url=f"{service.url}/base")) as client:
        yield World(Held(client), service)


async def test_messages_arrive(world: World) -> None:
    made = world.source(path="/live?a=b", protocols=["chat"], on_open=["hello", {"subscribe": ["ä"]}])
    async with made.open(5) as arrivals:
        end = await world.service.next()
        assert (end.path, end.protocols) == ("/base/live?a=b", ["chat"])
        assert [await end.receive(), await end.receive()] == ["hello", '{"subscribe":["ä"]}']
        await end.send('{"n": 1}')
        await end.send(b"\x00\xff")
        first, second = await next_of(arrivals), await next_of(arrivals)
        assert (first.body, first.about) == ('{"n": 1}', {"kind": "text", "protocol": "chat"})
        assert (second.body, second.about["kind"]) == (b"\x00\xff", "binary")
        assert (first.id, first.once) == ("", True)
        await first.accept()
        await second.release()
    assert await end.receive() is None


async def test_what_came_before_the_end_comes_first(world: World) -> None:
    async with world.source().open(5) as arrivals:
        end = await world.service.next()
        for number in range(3):
            await end.send(str(number))
        closing = asyncio.ensure_future(end.close(1001, "restart"))
        assert [(await next_of(arrivals)).body for _ in range(3)] == ["0", "1", "2"]
        error = await end_of(arrivals)
        assert (error.code, "1001: restart" in error.message) == ("connector.unavailable", True)
        await closing


async def test_answers_go_back_by_the_socket_that_is_open(world: World) -> None:
    made = world.source(reply=True)
    async with made.open(5) as arrivals:
        end = await world.service.next()
        await end.send("ask")
        arrival = await next_of(arrivals)
        await arrival.reply("ä".encode(), "text/plain; charset=utf-8")
        await arrival.reply(b"\x01", "application/octet-stream")
        assert [await end.receive(), await end.receive()] == ["ä", b"\x01"]
    with pytest.raises(Exception, match="the socket is closed"):
        await arrival.reply(b"late", "text/plain")
    async with made.open(5):
        end = await world.service.next()
        await arrival.reply(b"{}", "application/json")
        assert await end.receive() == "{}"


async def test_a_service_that_is_too_fast_has_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.connectors.http.ahead.MOST", 3)
    async with world.source().open(5) as arrivals:
        end = await world.service.next()
        for number in range(10):
            await end.send(str(number))
        assert [(await next_of(arrivals)).body for _ in range(10)] == [str(number) for number in range(10)]


async def test_a_message_that_is_too_large_closes_the_socket(world: World) -> None:
    async with world.source(max_size=10).open(5) as arrivals:
        await (await world.service.next()).send("x" * 11)
        assert (await end_of(arrivals)).code == "connector.http.tooLarge"


def test_answers_as_messages() -> None:
    assert as_message(b"\xe4", "text/plain; charset=latin-1") == "ä"
    assert as_message(b"<a/>", "application/xml") == "<a/>"
    assert as_message(b"a", "") == b"a"
    assert as_text([1, "ä"]) == '[1,"ä"]'


def test_programs_are_told_where_messages_come_from() -> None:
    (heard,) = trigger(path="/live?key=k").heard()
    assert (heard.address, heard.channel) == ("/live", {"method": "GET"})


# The whole listener.


async def test_a_service_that_goes_and_comes_back() -> None:
    async with socket_service() as service:
        proxy = Proxy("127.0.0.1", int(service.url.rpartition(":")[2]))
        proxy.cut()
        connection = HttpConnection(url=f"http://127.0.0.1:{proxy.port}")
        redelivery = Redelivery(attempts=3, delay=0.3)
        async with listening(connection, trigger(on_open=["hello"]), redelivery=redelivery) as process:
            await process.until(lambda: process.state.state == "reconnecting")
            assert "cannot be reached" in process.state.error
            process.works = failing("bad")
            proxy.restore()
            end = await service.next()
            assert await end.receive() == "hello"
            await end.send("bad")
            await end.send("good")
            await process.until(lambda: process.state.failed == 1)
            proxy.cut()
            # Its attempts and its order outlive the socket.
            await process.until(lambda: process.state.succeeded == 1)
            assert (process.runs, process.dead) == (["bad", "bad", "bad", "good"], [("bad", "shop.closed")])
            assert [each["attempt"] for each in process.messages] == [1, 2, 3, 1]
            await process.until(lambda: process.state.state == "reconnecting")
            proxy.restore()
            end = await service.next()
            assert await end.receive() == "hello"
            await end.send('{"n": 1}')
            await process.until(lambda: process.state.succeeded == 2)
            assert (process.runs[-1], process.state.state) == ({"n": 1}, "listening")
        proxy.cut()


async def test_a_loss_is_seen_while_there_is_no_room_and_what_came_before_is_not_lost() -> None:
    async with socket_service() as service:
        redelivery = Redelivery(attempts=2, delay=1.0)
        connection = HttpConnection(url=service.url)
        async with listening(connection, trigger(), prefetch=1, redelivery=redelivery) as process:
            process.works = failing("bad")
            end = await service.next()
            for message in ("bad", "one", "two", "three"):
                await end.send(message)
            await process.until(lambda: process.state.failed == 1)
            await end.close(1001)
            end = await service.next()
            assert process.runs == ["bad"]
            await end.send("four")
            await process.until(lambda: process.state.succeeded == 4)
            assert process.runs == ["bad", "bad", "one", "two", "three", "four"]


async def test_what_failed_lies_in_the_dead_letters_when_the_listener_ends() -> None:
    kept = Kept()
    redelivery = Redelivery(attempts=3, delay=60.0)
    async with socket_service() as service:
        async with listening(HttpConnection(url=service.url), trigger(), kept, redelivery=redelivery) as process:
            process.works = failing("bad")
            await (await service.next()).send("bad")
            await process.until(lambda: process.state.failed == 1)
        assert process.dead == [("bad", "shop.closed")]


async def test_what_is_refused_shows_in_the_state() -> None:
    async with socket_service() as service:
        for status, told in ((401, "refuses the caller"), (404, "answered 404"), (301, "answered 301")):
            service.answers = [web.Response(status=status)] * 100
            async with listening(HttpConnection(url=service.url), trigger()) as process:
                await process.until(lambda: process.state.error)
                assert (process.state.state, told in process.state.error) == ("reconnecting", True)
                service.answers = []
                await process.until(lambda: process.state.state == "listening")
                await service.next()


@pytest.mark.parametrize("params", [{"protocols": ["a b"]}, {"heartbeat": "0s"}, {"path": "live"}, {"onOpen": "x"}])
def test_what_is_refused(connected: ConnectedFlows, params: dict[str, Any]) -> None:
    connected.write("p/c.connection", {"type": "http", "url": "http://127.0.0.1:1"})
    params = {"connection": "/p/c.connection", **params}
    listener = {"trigger": "websocket", "params": params, "steps": [{"type": "output", "message": "x"}]}
    connected.write("p/l.listener", listener)
    assert len(connected.problems([])) == 1
