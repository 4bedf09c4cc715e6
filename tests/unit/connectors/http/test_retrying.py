import time
from typing import Any

import pytest
from aiohttp import web

from airdock.connectors.http.calls import Call
from airdock.connectors.http.connection import HttpConnection
from airdock.connectors.http.retrying import Retrying, retry_after, status_error
from airdock.engine.clock import LoopClock
from airdock.errors import FlowError
from airdock.spec.step import Retry
from tests.unit.connectors.http.peers import Handle, connected, serving
from tests.unit.connectors.http.test_step import http, run
from tests.unit.flows import Flows

QUICK = Retry(attempts=3, delay=0.001)


def answers(*statuses: int, **headers: str) -> Handle:
    """A service that answers with these, one after another."""
    waiting = list(statuses)

    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=waiting.pop(0), headers=headers)

    return handle


@pytest.mark.parametrize(
    ("method", "statuses", "status", "calls"),
    [
        ("GET", [503, 429, 200], 200, 3),
        ("PUT", [502, 504, 503, 200], 503, 3),
        ("GET", [500, 200], 500, 1),
        ("GET", [404, 200], 404, 1),
        ("POST", [503, 200], 503, 1),
        ("PATCH", [503, 200], 503, 1),
    ],
)
async def test_what_passes_is_tried_again(method: str, statuses: list[int], status: int, calls: int) -> None:
    async with serving(answers(*statuses)) as peer, connected(HttpConnection(url=peer.url, retry=QUICK)) as client:
        assert ((await client.send(Call(method, "/x"))).status, len(peer.requests)) == (status, calls)


async def test_what_is_expected_is_not() -> None:
    async with serving(answers(503, 200)) as peer, connected(HttpConnection(url=peer.url, retry=QUICK)) as client:
        assert (await client.send(Call("GET", "/x", expected=frozenset((503,))))).status == 503


async def test_errors_that_are_named_are_tried_again() -> None:
    retry = Retry(attempts=2, delay=0.001, on=["http.404"])
    async with serving(answers(404, 503)) as peer, connected(HttpConnection(url=peer.url, retry=retry)) as client:
        assert (await client.send(Call("GET", "/x"))).status == 503


async def test_a_service_that_stays_away() -> None:
    async with connected(HttpConnection(url="http://nowhere.invalid", retry=QUICK)) as client:
        with pytest.raises(FlowError) as caught:
            await client.send(Call("GET", "/x"))
    assert caught.value.code == "connector.unavailable"


def test_what_a_service_asks_for_is_waited_for() -> None:
    def wait(asked: str, attempts: int = 1) -> float | None:
        error = status_error("GET", "https://a.example", 503, {"retry-after": asked}, "", 1_767_225_600.0)
        return Retrying(Retry(attempts=3, delay=2.0, backoff=2.0, max_delay=10.0), LoopClock()).wait(error, attempts)

    assert [wait("7"), wait("1"), wait("1", 2), wait("11"), wait("1", 3)] == [7.0, 2.0, 4.0, None, None]
    assert wait("Thu, 01 Jan 2026 00:00:09 GMT") == 9.0
    assert wait("Thu, 01 Jan 2020 00:00:00 GMT") == 2.0
    assert [wait("soon"), wait("-5"), wait("9" * 30)] == [2.0, 2.0, 2.0]


def test_what_is_asked_twice_is_not_asked() -> None:
    headers: dict[str, Any] = {"retry-after": ["1", "2"]}
    assert (retry_after(headers, 0.0), retry_after({}, 0.0)) == (None, None)


async def test_the_retry_of_a_step_waits_too(flows: Flows) -> None:
    step = http(retry={"attempts": 2, "delay": "1ms"})
    async with serving(answers(503, 200, **{"Retry-After": "1"})) as peer:
        begun = time.monotonic()
        assert (await run(flows, peer.url, [step])).status == 200
        assert time.monotonic() - begun >= 1.0
    step = http(retry={"attempts": 2, "delay": "1ms", "maxDelay": "900ms"})
    async with serving(answers(503, 200, **{"Retry-After": "1"})) as peer:
        assert (await run(flows, peer.url, [step])).status == 502
