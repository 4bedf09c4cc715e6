"""Server-sent events of flows, as a caller gets them."""

import asyncio
from typing import Any

import aiohttp
import pytest

from airdock.triggers.http import HttpSettings
from tests.unit.triggers.http.streaming.conftest import PATIENCE, Site, blocks, until

STREAM = """
import asyncio

class Left(Exception): ...
left = asyncio.Event()

async def service(exchange):
    async def items():
        try:
            for number in range(int(exchange.request.query.get("count", 3))):
                yield {"data": number, "id": number}
            if exchange.request.query.get("wait"):
                await asyncio.sleep(3600)
            if exchange.request.query.get("fail"):
                raise ValueError("of the code")
        finally:
            left.set()
    exchange.body = items()

async def gone(exchange):
    await asyncio.wait_for(left.wait(), 20)
    exchange.body = "left"
"""


def output(message: Any) -> dict[str, Any]:
    return {"type": "output", "message": message}


def python(function: str = "service") -> dict[str, Any]:
    return {"type": "python", "module": "/p/stream.py", "function": function}


def with_stream(site: Site) -> None:
    site.write("p/stream.flow", events={"keepAlive": "100ms"}, steps=[python()])
    site.write("p/gone.flow", steps=[python("gone")])
    (site.folder / "p/stream.py").write_text(STREAM)


async def test_what_a_flow_gives_is_sent_as_events(site: Site) -> None:
    items = [{"data": {"a": 1}, "event": "placed", "id": "7"}, "two\nlines", {"data": 1, "more": 2}]
    site.write("p/list.flow", events={"retry": "5s"}, steps=[{"type": "set", "body": items}])
    async with site.served(), site.http.get("/services/flow/p/list.flow") as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["airdock-run"] == site.client.runs[-1].exchange.run.id
        assert await answer.text() == (
            'retry: 5000\n\nevent: placed\nid: 7\ndata: {"a":1}\n\ndata: two\ndata: lines\n\n'
            'data: {"data":1,"more":2}\n\nevent: end\ndata: end\n\n'
        )


@pytest.mark.parametrize(
    ("steps", "events"),
    [
        ([output("a"), output("b")], "data: ab\n\n"),
        ([{"type": "respond", "body": {"a": 1}}], 'data: {"a":1}\n\n'),
        ([{"type": "stop"}], ""),
        ([{"type": "transform", "expression": "[]"}], ""),
    ],
)
async def test_a_value_is_one_event(site: Site, steps: list[Any], events: str) -> None:
    site.write("p/one.flow", events={}, steps=steps)
    async with site.served(), site.http.get("/services/flow/p/one.flow") as answer:
        assert await answer.text() == f"retry: 3000\n\n{events}event: end\ndata: end\n\n"


async def test_another_status_is_an_ordinary_answer(site: Site) -> None:
    site.write("p/none.flow", events={}, steps=[{"type": "respond", "status": 204}])
    site.write("p/no.flow", events={}, steps=[{"type": "throw", "code": "shop.closed", "status": 403}])
    async with site.served():
        async with site.http.get("/services/flow/p/none.flow") as answer:
            assert (answer.status, await answer.read()) == (204, b"")
        async with site.http.get("/services/flow/p/no.flow") as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "shop.closed")
        async with site.http.head("/services/flow/p/no.flow") as answer:
            assert (answer.status, answer.content_type) == (200, "text/event-stream")
        async with site.http.post("/services/flow/p/no.flow") as answer:
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_items_of_a_stream_are_sent_as_they_come_and_comments_meanwhile(site: Site) -> None:
    with_stream(site)
    async with site.served(), site.http.get("/services/flow/p/stream.flow?count=2&wait=1") as answer:
        assert await blocks(answer, 5) == ["retry: 3000", "id: 0\ndata: 0", "id: 1\ndata: 1", ":", ":"]
        answer.close()
        # What the stream holds on to is let go when the caller has gone; the run has ended well.
        async with asyncio.timeout(PATIENCE), site.http.get("/services/flow/p/gone.flow") as gone:
            assert await gone.text() == "left"
            await until(lambda: not len(site.handler.streams))
        run = next(run for run in site.client.runs if run.exchange.run.flow == "p/stream.flow")
        assert run.error is None


async def test_a_failure_on_the_way_is_the_last_event(site: Site) -> None:
    with_stream(site)
    async with site.served():
        async with site.http.get("/services/flow/p/stream.flow?count=1&fail=1") as answer:
            text = await answer.text()
        assert text.startswith("retry: 3000\n\nid: 0\ndata: 0\n\nevent: error\ndata: {")
        assert '"code":"' in text
        assert "event: end" not in text
        # Before anything was sent it is an ordinary answer.
        async with site.http.get("/services/flow/p/stream.flow?count=0&fail=1") as answer:
            assert (answer.status, answer.content_type) == (500, "application/problem+json")


async def test_messages_of_a_topic_follow(site: Site) -> None:
    site.write(
        "p/live.flow", path="/live/{shop}", events={"topic": "orders.${request.params.shop}"}, steps=[output("1")]
    )
    async with (
        site.served(),
        site.http.get("/services/flow/p/live/a") as one,
        site.http.get("/services/flow/p/live/b") as other,
    ):
        assert await blocks(one, 2) == ["retry: 3000", "data: 1"]
        assert await blocks(other, 2) == ["retry: 3000", "data: 1"]
        await site.send("orders.a", '{"n":1}', headers={"event": "placed"})
        await site.send("orders.b", "text")
        assert await blocks(one, 1) == ['event: placed\nid: 1\ndata: {"n":1}']
        assert await blocks(other, 1) == ["id: 1\ndata: text"]
        assert len(site.client.runs) == 2


async def test_who_comes_again_gets_what_was_missed(site: Site) -> None:
    site.write("p/live.flow", events={"topic": "orders"})
    async with site.served():
        for number in range(1, 4):
            await site.send("orders", f"{number}")
        async with site.http.get("/services/flow/p/live.flow", headers={"Last-Event-ID": "1"}) as answer:
            assert await blocks(answer, 3) == ["retry: 3000", "id: 2\ndata: 2", "id: 3\ndata: 3"]
            await site.send("orders", "4")
            assert await blocks(answer, 1) == ["id: 4\ndata: 4"]
        # A number that is none of this topic, and none at all, are of no meaning.
        for last in ("99", "none", "9" * 30):
            async with site.http.get("/services/flow/p/live.flow", headers={"Last-Event-ID": last}) as answer:
                assert await blocks(answer, 1) == ["retry: 3000"]
                await site.send("orders", "news")
                assert (await blocks(answer, 1))[0].endswith("data: news")


async def test_a_topic_that_cannot_be_named_so_is_refused(site: Site) -> None:
    site.write("p/live.flow", events={"topic": "orders.${request.query.shop}"})
    async with site.served():
        for query, code in (("", "request.topic"), ("?shop=a%20b", "hub.name"), ("?shop=%3E", "hub.name")):
            async with site.http.get(f"/services/flow/p/live.flow{query}") as answer:
                assert (answer.status, (await answer.json())["code"]) == (400, code)
        assert len(site.handler.streams) == 0


async def test_no_more_are_open_than_allowed(site: Site) -> None:
    site.write("p/live.flow", events={"topic": "orders"})
    async with site.served(HttpSettings(max_streams=1)), site.http.get("/services/flow/p/live.flow") as answer:
        assert await blocks(answer, 1) == ["retry: 3000"]
        async with site.http.get("/services/flow/p/live.flow") as refused:
            assert (refused.status, refused.headers["retry-after"]) == (503, "1")
            assert (await refused.json())["code"] == "request.busy"


async def test_a_stream_ends_when_its_flow_is_another_one_its_time_is_over_or_the_server_stops(site: Site) -> None:
    site.write("p/a.flow", events={"topic": "orders"})
    site.write("p/b.flow", events={"topic": "orders", "maxAge": "1s"})
    site.write("p/c.flow", events={"topic": "orders"})
    async with site.served():
        first, second, third = [await site.http.get(f"/services/flow/p/{name}.flow") for name in "abc"]
        for answer in (first, second, third):
            assert await blocks(answer, 1) == ["retry: 3000"]
        site.write("p/a.flow", events={"topic": "orders"}, description="another one")
        site.reload()
        async with asyncio.timeout(PATIENCE):
            assert await first.read() == b""
            assert await second.read() == b""
            await site.handler.streams.stopped(PATIENCE)
            assert await third.read() == b""
            async with site.http.get("/services/flow/p/c.flow") as refused:
                assert refused.status == 503


async def test_a_caller_who_does_not_read_is_waited_for(site: Site) -> None:
    with_stream(site)
    (site.folder / "p/stream.py").write_text(
        "made = 0\n"
        "async def service(exchange):\n"
        "    async def items():\n"
        "        global made\n"
        "        while made < 4000:\n"
        "            made += 1\n"
        "            yield 'x' * 50_000\n"
        "    exchange.body = items()\n"
        "def gone(exchange):\n"
        "    exchange.body = made\n"
    )
    async with site.served(), aiohttp.ClientSession(read_bufsize=1024) as slow:
        base = str(site.http._base_url).rstrip("/")
        async with slow.get(f"{base}/services/flow/p/stream.flow") as answer:
            made = -1
            while made != (made := await _made(site)) or made < 2:
                await until(lambda: False, 0.2)
            # What is on the way is in the buffers of the system.
            assert made < 2000
            answer.close()


async def _made(site: Site) -> int:
    async with site.http.get("/services/flow/p/gone.flow") as answer:
        return int(await answer.text())
