"""A listener of events, from its descriptor to its runs."""

from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.sse.trigger import SseTrigger
from tests.service.proxy import Proxy
from tests.unit.connectors.listening import Kept, failing, listening
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.connectors.sse.service import event_service

TRIGGER = SseTrigger(connection="p/c.connection", path="/events")


async def test_a_service_that_goes_and_comes_back_while_events_are_worked_off() -> None:
    kept = Kept()
    async with event_service() as service:
        proxy = Proxy("127.0.0.1", int(service.url.rpartition(":")[2]))
        proxy.cut()
        connection = HttpConnection(url=f"http://127.0.0.1:{proxy.port}")
        async with listening(connection, TRIGGER, kept) as process:
            await process.until(lambda: process.state.state == "reconnecting")
            assert "cannot be reached" in process.state.error
            process.works = failing("bad")
            proxy.restore()
            stream = await service.next()
            stream.write("id: 1\ndata: a\n\nid: 2\ndata: bad\n\n")
            await process.until(lambda: len(process.runs) >= 2)
            proxy.cut()
            # It is tried again, and buried, while the service is away.
            await process.until(lambda: process.dead)
            assert process.dead == [("bad", "shop.closed")]
            await process.until(lambda: process.state.state == "reconnecting")
            proxy.restore()
            stream = await service.next()
            assert stream.headers["last-event-id"] == "2"
            stream.write('id: 3\ndata: {"n": 3}\n\n')
            await process.until(lambda: process.state.succeeded == 2)
            assert process.runs == ["a", "bad", "bad", {"n": 3}]
            assert (process.state.state, process.state.error) == ("listening", "")
            assert process.messages[-1]["event"] == "message"
        async with listening(connection, TRIGGER, kept) as process:
            assert (await service.next()).headers["last-event-id"] == "3"
            await process.until(lambda: process.state.state == "listening")
        proxy.cut()


async def test_a_pause_begins_anew_behind_what_was_done() -> None:
    async with event_service() as service, listening(HttpConnection(url=service.url), TRIGGER) as process:
        process.works = failing("bad")
        (await service.next()).write("id: 1\ndata: a\n\nid: 2\ndata: bad\n\nid: 3\ndata: c\n\n")
        await process.until(lambda: process.state.failed == 1)
        process.listeners.hold({process.name})
        await process.until(lambda: process.state.state == "paused")
        assert process.dead == []
        process.listeners.hold(set())
        stream = await service.next()
        assert stream.headers["last-event-id"] == "1"
        stream.write("id: 2\ndata: bad\n\nid: 3\ndata: c\n\n")
        await process.until(lambda: process.state.succeeded == 2)
        # Its attempt before the pause counts.
        assert (process.runs, process.messages[2]["attempt"]) == (["a", "bad", "bad", "c"], 2)


async def test_what_is_refused_shows_in_the_state() -> None:
    async with event_service() as service:
        for status, told in ((401, "refuses the caller"), (404, "answered 404")):
            service.answers = [web.Response(status=status)] * 100
            async with listening(HttpConnection(url=service.url), TRIGGER) as process:
                await process.until(lambda: process.state.error)
                assert (process.state.state, told in process.state.error) == ("reconnecting", True)
                service.answers = []
                await process.until(lambda: process.state.state == "listening")
                await service.next()
        service.answers = [web.Response(status=204)]
        async with listening(HttpConnection(url=service.url), TRIGGER) as process:
            await process.until(lambda: process.state.state == "stopped")
            assert "there are no events any more" in process.state.error


async def test_an_event_that_is_too_large_lies_in_the_dead_letters() -> None:
    trigger = SseTrigger(connection="p/c.connection", max_size=50)
    async with event_service() as service, listening(HttpConnection(url=service.url), trigger) as process:
        (await service.next()).write(f"data: {'x' * 100}\n\ndata: good\n\n")
        await process.until(lambda: process.runs)
        assert (process.runs, process.dead[0][1]) == (["good"], "request.tooLarge")


@pytest.mark.parametrize("path", ["events", "/../x", "/a//b", "/a/./b", "/a#b", "/a b", "http://evil.example"])
def test_paths_that_are_none(connected: ConnectedFlows, path: str) -> None:
    assert any("path" in each for each in problems(connected, path=path))


@pytest.mark.parametrize("path", ["", "/", "/events", "/a/b/?u=http://x/../y&z=.."])
def test_paths(connected: ConnectedFlows, path: str) -> None:
    assert problems(connected, path=path) == []


def test_programs_are_told_where_events_come_from() -> None:
    (heard,) = SseTrigger(connection="p/c.connection", path="/events?key=k").heard()
    assert (heard.address, heard.operation) == ("/events", {"method": "GET"})
    (endpoint,) = HttpConnection(url="https://api.example.com/v2").endpoints()
    assert endpoint[:3] == ("https", "api.example.com", "/v2")


def test_another_kind_of_connection_is_refused(connected: ConnectedFlows) -> None:
    (problem,) = problems(connected, kind={"type": "mqtt", "url": "mqtt://host"})
    assert "`http` is needed here" in problem


def problems(connected: ConnectedFlows, kind: Any = None, **params: Any) -> list[str]:
    connected.write("p/c.connection", kind or {"type": "http", "url": "http://127.0.0.1:1"})
    params["connection"] = "/p/c.connection"
    listener = {"trigger": "sse", "params": params, "steps": [{"type": "output", "message": "x"}]}
    connected.write("p/l.listener", listener)
    return connected.problems([])
