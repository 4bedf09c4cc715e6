"""A cache in front of a service that answers as it is told, in a time that moves when it is told."""

import asyncio
from email.utils import formatdate
from typing import Any

import pytest

from airdock.connectors.http.caching.cache import HttpCache, apart_by
from airdock.connectors.http.calls import Received, Sending
from airdock.connectors.http.whole import WholeAnswer
from airdock.engine.clock import LoopClock
from airdock.errors import FlowError

URL = "http://a.example/x"
FRESH = {"cache-control": "max-age=60"}
TAGGED = {"cache-control": "max-age=60", "etag": '"1"'}


class Hands(LoopClock):
    """A clock that stands still."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


class Service:
    """Answers with what is next in `answers`: headers of a 200, `(status, headers)`, or an error; the body is the
    number of the request. `held` lets it wait."""

    def __init__(self, *answers: Any, **settings: Any) -> None:
        self.clock = Hands()
        settings = {"private": False, "max_size": 100_000, "stale_if_error": 0.0, **settings}
        self.cache = HttpCache(self.clock, **settings)
        self.answers = list(answers)
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.held: asyncio.Event | None = None

    async def send(self, sending: Sending) -> Received:
        self.seen.append((sending.method, dict(sending.headers)))
        body = str(len(self.seen)).encode()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if self.held is not None:
            await self.held.wait()
        if isinstance(answer, FlowError):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (200, answer)
        return WholeAnswer(status, {"date": formatdate(self.clock.time, usegmt=True), **headers}, body)

    async def ask(self, method: str = "GET", url: str = URL, authorized: bool = False, **headers: Any) -> str:
        """The status, the body, and what the cache says of them."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        sending = Sending(method, url, headers, None, 5.0, True, most=1000)
        received = await self.cache.answer(sending, apart_by(headers), authorized, self.send)
        assert sending.headers == headers
        status = received.headers["cache-status"].removeprefix("airdock; ")
        return f"{received.status} {(await received.read(1000)).decode()} {status}"


def named(header: str, value: str) -> dict[str, Any]:
    return {header: value}


async def test_a_fresh_answer_is_given_again() -> None:
    service = Service(FRESH)
    assert await service.ask() == "200 1 fwd=uri-miss; stored"
    service.clock.time += 59
    assert await service.ask() == "200 1 hit; ttl=1"
    assert await service.ask("HEAD") == "200  hit; ttl=1"
    service.clock.time += 1
    assert await service.ask() == "200 2 fwd=stale; stored"
    assert await service.ask(url=URL + "?q=1") == "200 3 fwd=uri-miss; stored"


async def test_a_stale_answer_is_asked_about() -> None:
    service = Service({**TAGGED, "last-modified": "then"}, (304, {"x-a": "1"}), TAGGED)
    await service.ask()
    service.clock.time += 61
    assert await service.ask(accept="x") == "200 1 fwd=stale; fwd-status=304; ttl=60"
    assert service.seen[1] == ("GET", {"accept": "x", "If-None-Match": '"1"', "If-Modified-Since": "then"})
    assert await service.ask() == "200 1 hit; ttl=60"
    service.clock.time += 61
    assert await service.ask() == "200 3 fwd=stale; stored"


async def test_a_304_about_something_else_is_no_answer() -> None:
    service = Service(TAGGED, (304, {"etag": '"9"'}), FRESH)
    await service.ask()
    service.clock.time += 61
    assert await service.ask() == "200 3 fwd=uri-miss; stored"
    assert "If-None-Match" not in service.seen[2][1]


# RFC 9111, 5.2.1: what the request wants, 30 seconds after `max-age=60` came (or, with `+`, so many).
WANTED = [
    ("no-store", 30, "200 2 fwd=bypass"),
    ("no-cache", 30, "200 2 fwd=request; stored"),
    ("max-age=40", 30, "200 1 hit; ttl=30"),
    ("max-age=20", 30, "200 2 fwd=request; stored"),
    ("max-age=0", 30, "200 2 fwd=request; stored"),
    ("min-fresh=20", 30, "200 1 hit; ttl=30"),
    ("min-fresh=40", 30, "200 2 fwd=request; stored"),
    ("max-stale", 3000, "200 1 hit; ttl=-2940"),
    ("max-stale=10", 65, "200 1 hit; ttl=-5"),
    ("max-stale=10", 75, "200 2 fwd=stale; stored"),
    ("only-if-cached", 30, "200 1 hit; ttl=30"),
    ("only-if-cached", 75, "504  detail=only-if-cached"),
]


@pytest.mark.parametrize(("control", "later", "answer"), WANTED)
async def test_what_the_request_wants(control: str, later: int, answer: str) -> None:
    service = Service(FRESH)
    await service.ask()
    service.clock.time += later
    assert await service.ask(cache_control=control) == answer


async def test_what_must_not_be_given_stale() -> None:
    for control in ("max-age=60, must-revalidate", "max-age=60, proxy-revalidate", "s-maxage=60"):
        service = Service({"cache-control": control, "etag": "x"}, (500, {}), stale_if_error=9999.0)
        await service.ask()
        service.clock.time += 61
        assert await service.ask(cache_control="max-stale") == "500 2 fwd=stale"
        assert await service.ask() == "500 3 fwd=stale"
    service = Service({"cache-control": "no-cache, max-age=60", "etag": "x"}, (304, {}), (500, {}))
    await service.ask()
    assert await service.ask(cache_control="max-stale") == "200 1 fwd=request; fwd-status=304; ttl=60"
    assert await service.ask() == "500 3 fwd=stale"


async def test_requests_for_a_part_or_on_a_condition_pass_by() -> None:
    service = Service(FRESH)
    await service.ask()
    for header in ("range", "if_none_match", "if_modified_since", "if_match"):
        assert (await service.ask(**named(header, "x"))).endswith(" fwd=bypass")
    assert await service.ask("OPTIONS") == "200 6 fwd=bypass"
    assert await service.ask() == "200 1 hit; ttl=60"


async def test_answers_that_depend_on_headers() -> None:
    service = Service({**FRESH, "vary": "Accept"})
    assert await service.ask(accept="a") == "200 1 fwd=uri-miss; stored"
    assert await service.ask(accept="b") == "200 2 fwd=vary-miss; stored"
    assert await service.ask(accept="a") == "200 1 hit; ttl=60"
    assert await service.ask() == "200 3 fwd=vary-miss; stored"
    service = Service({**FRESH, "vary": "*"})
    assert [await service.ask(), await service.ask()] == ["200 1 fwd=uri-miss", "200 2 fwd=uri-miss"]


@pytest.mark.parametrize("header", ["authorization", "cookie", "x_tenant"])
async def test_callers_are_kept_apart(header: str) -> None:
    for private in (False, True):
        service = Service({"cache-control": "public, max-age=60"}, private=private)
        assert await service.ask(**named(header, "a")) == "200 1 fwd=uri-miss; stored"
        assert await service.ask(**named(header, "b")) == "200 2 fwd=uri-miss; stored"
        assert await service.ask() == "200 3 fwd=uri-miss; stored"
        assert await service.ask(**named(header, "a")) == "200 1 hit; ttl=60"


async def test_answers_to_authorized_requests() -> None:
    service = Service(FRESH)
    assert [await service.ask(authorized=True) for _ in "ab"] == ["200 1 fwd=uri-miss", "200 2 fwd=uri-miss"]
    service = Service({"cache-control": "private, max-age=60"}, private=True)
    assert await service.ask(authorized=True) == "200 1 fwd=uri-miss; stored"
    assert await service.ask(authorized=True) == "200 1 hit; ttl=60"


async def test_a_cookie_that_a_service_sets_is_for_one_caller() -> None:
    service = Service({**FRESH, "set-cookie": "session=1"})
    assert [await service.ask() for _ in "ab"] == ["200 1 fwd=uri-miss", "200 2 fwd=uri-miss"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "ODD"])
async def test_a_change_makes_what_is_kept_wrong(method: str) -> None:
    elsewhere = {"location": "/y", "content-location": "http://b.example/x"}
    service = Service(FRESH, FRESH, FRESH, (404, {}), FRESH, (201, elsewhere), FRESH)
    urls = (URL, "http://a.example/y", "http://b.example/x")
    for url in urls:
        await service.ask(url=url)
    assert await service.ask(method) == "404 4 fwd=method"
    assert await service.ask() == "200 1 hit; ttl=60"
    await service.ask(cookie="a")
    assert await service.ask(method) == "201 6 fwd=method"
    assert [await service.ask(url=url) for url in urls] == [
        "200 7 fwd=uri-miss; stored", "200 8 fwd=uri-miss; stored", "200 3 hit; ttl=60",
    ]  # fmt: skip
    assert await service.ask(cookie="a") == "200 9 fwd=uri-miss; stored"
    assert await service.ask("HEAD", url="http://a.example/z") == "200 10 fwd=uri-miss"


async def test_a_stale_answer_stands_in_for_a_service_that_fails() -> None:
    away = FlowError("connector.unavailable", "away")
    service = Service(FRESH, (503, {}), away, stale_if_error=100.0)
    await service.ask()
    service.clock.time += 100
    assert await service.ask() == "200 1 fwd=stale; fwd-status=503; ttl=-40"
    assert await service.ask() == "200 1 fwd=stale; detail=connector.unavailable; ttl=-40"
    service.clock.time += 61
    with pytest.raises(FlowError, match="away"):
        await service.ask()
    service = Service({"cache-control": "max-age=60, stale-if-error=50"}, (500, {}))
    await service.ask()
    service.clock.time += 100
    assert await service.ask() == "200 1 fwd=stale; fwd-status=500; ttl=-40"
    service.clock.time += 11
    assert await service.ask() == "500 3 fwd=stale"


async def several(service: Service, number: int) -> list[str]:
    """The answers to as many requests at once, after all of them are there."""
    service.held = asyncio.Event()
    tasks = [asyncio.ensure_future(service.ask()) for _ in range(number)]
    await asyncio.sleep(0)
    service.held.set()
    return await asyncio.gather(*tasks)


async def test_many_that_wait_are_one_request() -> None:
    service = Service(FRESH)
    assert await several(service, 5) == ["200 1 fwd=uri-miss; stored", *["200 1 fwd=uri-miss; collapsed; ttl=60"] * 4]
    assert len(service.seen) == 1


async def test_what_serves_one_request_alone_lets_nobody_wait() -> None:
    service = Service({"cache-control": "no-store"})
    assert len(set(await several(service, 5))) == 5
    service.held = asyncio.Event()
    tasks = [asyncio.ensure_future(service.ask()) for _ in range(5)]
    await asyncio.sleep(0)
    assert len(service.seen) == 10
    service.held.set()
    await asyncio.gather(*tasks)
    service.answers = [FRESH]
    await service.ask()
    service.clock.time += 61
    before = len(service.seen)
    await several(service, 5)
    assert len(service.seen) == before + 1


async def test_all_that_wait_meet_the_error() -> None:
    service = Service(FlowError("connector.unavailable", "away"))
    service.held = asyncio.Event()
    tasks = [asyncio.ensure_future(service.ask()) for _ in range(5)]
    await asyncio.sleep(0)
    service.held.set()
    met = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(each) for each in met] == ["away"] * 5
    assert len(set(map(id, met))) == 5
    assert len(service.seen) == 1


async def test_another_asks_where_the_first_one_was_cut_off() -> None:
    service = Service(FRESH)
    service.held = asyncio.Event()
    tasks = [asyncio.ensure_future(service.ask()) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    service.held.set()
    assert [each[:5] for each in await asyncio.gather(*tasks[1:])] == ["200 2"] * 2
    assert len(service.seen) == 2


async def test_who_waits_for_another_waits_no_longer_than_it_would_itself() -> None:
    service = Service(FRESH)
    service.held = asyncio.Event()
    leader = asyncio.ensure_future(service.ask())
    await asyncio.sleep(0)
    sending = Sending("GET", URL, {}, None, 0.01, True)
    with pytest.raises(FlowError) as caught:
        await service.cache.answer(sending, (), False, service.send)
    assert caught.value.code == "connector.timeout"
    service.held.set()
    await leader


async def test_what_was_asked_for_before_a_change_is_not_kept() -> None:
    service = Service(FRESH)
    service.held = asyncio.Event()
    leader = asyncio.ensure_future(service.ask())
    await asyncio.sleep(0)
    held, service.held = service.held, None
    await service.ask("PUT")
    assert await service.ask() == "200 3 fwd=uri-miss; stored"
    held.set()
    assert await leader == "200 1 fwd=uri-miss"
    assert await service.ask() == "200 3 hit; ttl=60"


async def test_other_caches_on_the_way_keep_their_word() -> None:
    service = Service({**FRESH, "cache-status": "edge; hit", "age": "20"})
    sending = Sending("GET", URL, {}, None, 5.0, True)
    for own in ("fwd=uri-miss; stored", "hit; ttl=40"):
        received = await service.cache.answer(sending, (), False, service.send)
        assert received.headers["cache-status"] == ["edge; hit", f"airdock; {own}"]
        assert received.headers["age"] == "20"


async def test_what_is_too_large_for_the_cache_is_given_all_the_same() -> None:
    service = Service(FRESH, max_size=10)
    assert [await service.ask(), await service.ask()] == ["200 1 fwd=uri-miss", "200 2 fwd=uri-miss"]
