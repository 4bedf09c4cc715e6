"""Who passes: at public, protected and signed-in addresses, and in sandboxes."""

import asyncio
import gzip
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from airdock.codes import CODES
from airdock.database import DatabaseError
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.spec.descriptors import AccessRule, Role
from airdock.spec.flow import Flow
from airdock.spec.protection import ApiKey, Basic, RateLimit
from airdock.triggers.http import (
    Answer,
    BufferedRequest,
    Caller,
    CurrentRoutes,
    HttpHandler,
    HttpSettings,
    Route,
    Routes,
)
from airdock.triggers.http.callers import BASIC, BEARER, authorization
from airdock.triggers.http.locations import Access, LocationRules
from airdock.triggers.http.protection import MemoryReplays, Protection, RateLimits, protection_of
from airdock.triggers.http.request import HttpRequest
from tests.unit.triggers.http.fake import FakePipeline, fail, hello
from tests.unit.triggers.http.protection.signing import SECRET, declared, github, stripe

FLOW = "/services/flow/p/x.flow"
SECURED = "/services/flow-secured/p/x.flow"
BODY = b'{"a": 1}'
SECRETS = {"hook": SECRET, "keys": "ann:key-of-ann\nbob:x", "users": "ann:pass"}


class Tokens:
    """Callers by bearer tokens: the token is the name, roles stand behind it."""

    challenges = (BEARER, BASIC)

    def __init__(self) -> None:
        self.asked = 0

    def find(self, request: HttpRequest) -> Caller | Awaitable[Caller | None] | None:
        self.asked += 1
        sent = authorization(request)
        if sent is None or sent[0] != "bearer" or not sent[1] or sent[1] == "bad":
            return None
        name, _, roles = sent[1].partition("/")
        return self._later(Caller(name, frozenset(roles.split("+"))))

    async def _later(self, caller: Caller) -> Caller:
        await asyncio.sleep(0)
        return caller


def bearer(text: str) -> dict[str, Any]:
    return {"headers": [("Authorization", f"Bearer {text}")]}


def tell_user(exchange: Exchange) -> None:
    exchange.body = {"user": exchange.request.user, "headers": sorted(exchange.request.headers)}


def route(address: str = FLOW, behaviour: Any = tell_user, rules: list[AccessRule] | None = None, **more: Any) -> Route:
    fields = {name: more.pop(name) for name in ("signature", "api_key", "basic", "rate_limit") if name in more}
    protection = protection_of(Flow(steps=[], **fields), SECRETS.get)
    access = Access(LocationRules(rules or []), [address], address)
    return Route(address, FakePipeline(behaviour), access=access, protection=protection, **more)


def handler_of(*routes: Route, callers: Any = None, sandboxes: Any = None, **more: Any) -> HttpHandler:
    return HttpHandler(CurrentRoutes(Routes(routes), sandboxes), callers=callers or Tokens(), **more)


async def ask(handler: HttpHandler, path: str = FLOW, method: str = "GET", **more: Any) -> Answer:
    answer = handler.answer(BufferedRequest(method, path, **more))
    return answer if isinstance(answer, Answer) else await answer


async def told(handler: HttpHandler, path: str = FLOW, method: str = "GET", **more: Any) -> tuple[int, str]:
    answer = await ask(handler, path, method, **more)
    document = msgspec.json.decode(answer.body or b"{}")
    return answer.status, document.get("code", "")


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- nothing tells when it holds
            await asyncio.sleep(0.001)


def challenges(answer: Answer) -> list[str]:
    return [value for name, value in answer.headers if name == "www-authenticate"]


# Callers and roles.


async def test_at_a_public_address_a_credential_is_not_looked_at() -> None:
    callers = Tokens()
    handler = handler_of(route(), callers=callers)
    answer = handler.answer(BufferedRequest("GET", FLOW, **bearer("bad")))
    assert isinstance(answer, Answer)
    assert msgspec.json.decode(answer.body)["user"] is None
    assert callers.asked == 0


async def test_a_role_opens_a_flow_and_the_flow_sees_who_called() -> None:
    handler = handler_of(route(roles=["sales", "boss"]))
    assert await told(handler) == (401, "request.unauthorized")
    assert await told(handler, **bearer("bad")) == (401, "request.unauthorized")
    assert await told(handler, **bearer("ann/other")) == (403, "request.forbidden")
    answer = await ask(handler, **bearer("ann/sales+z"))
    assert msgspec.json.decode(answer.body)["user"] == {"name": "ann", "roles": ["sales", "z"]}


async def test_roles_of_the_flow_and_of_its_location_are_both_needed() -> None:
    rules = [AccessRule(location="/p", roles=[Role(role="User")])]
    handler = handler_of(route(roles=["sales"], rules=rules))
    assert [(await ask(handler, **bearer(f"ann/{roles}"))).status for roles in ("sales", "User", "sales+User")] == [
        403,
        403,
        200,
    ]


async def test_a_method_without_a_rule_keeps_the_fast_way() -> None:
    rules = [AccessRule(location="/p", roles=[Role(role="User")], methods=["POST"])]
    handler = handler_of(route(rules=rules))
    assert isinstance(handler.answer(BufferedRequest("GET", FLOW)), Answer)
    assert [await told(handler, method=method) for method in ("POST", "PROPFIND")] == [
        (401, "request.unauthorized")
    ] * 2


async def test_an_answer_of_401_says_how_to_sign_in() -> None:
    handler = handler_of(route(roles=["sales"]))
    assert challenges(await ask(handler)) == [BEARER, BASIC]
    assert challenges(await ask(handler, **bearer("bad"))) == [f'{BEARER}, error="invalid_token"', BASIC]


async def test_two_credentials_are_none() -> None:
    twice = [("Authorization", "Bearer ann/sales"), ("authorization", "Bearer ann/sales")]
    assert await told(handler_of(route(roles=["sales"])), headers=twice) == (401, "request.unauthorized")


async def test_callers_that_cannot_be_found_out_are_told_why() -> None:
    class Down(Tokens):
        def find(self, request: HttpRequest) -> Caller | None:
            raise FlowError("database.unavailable", CODES["database.unavailable"].meaning)

    class Broken(Tokens):
        def find(self, request: HttpRequest) -> Caller | None:
            raise RuntimeError("the secret of the code")

    assert await told(handler_of(route(roles=["a"]), callers=Down())) == (503, "database.unavailable")
    assert await told(handler_of(route(roles=["a"]), callers=Broken())) == (500, "internal")
    assert await told(handler_of(callers=Broken()), SECURED) == (500, "internal")


# Addresses for signed-in callers.


async def test_a_secured_address_tells_nothing_before_the_sign_in() -> None:
    handler = handler_of(route(), Route("/services/flow/p/bad.flow", None))
    for path in (SECURED, f"{SECURED}x", "/services/flow-secured/p/bad.flow", "/services/flow-secured/p//x"):
        assert await told(handler, path) == (401, "request.unauthorized")
    assert await told(handler, SECURED, "TRACE") == (401, "request.unauthorized")
    assert await told(handler, SECURED, **bearer("ann")) == (200, "")
    assert await told(handler, f"{SECURED}x", **bearer("ann")) == (404, "request.notFound")
    assert await told(handler, "/services/flow-secured/p//x", **bearer("ann")) == (400, "request.path")


async def test_roles_count_at_the_secured_address_too() -> None:
    rules = [AccessRule(location="/p/x.flow", roles=[Role(role="User")])]
    for made in (route(roles=["User"]), route(rules=rules)):
        handler = handler_of(made)
        assert await told(handler, SECURED, **bearer("ann/x")) == (403, "request.forbidden")
        assert await told(handler, SECURED, **bearer("ann/User")) == (200, "")


async def test_a_caller_is_asked_for_once() -> None:
    callers = Tokens()
    await ask(handler_of(route(roles=["a"]), callers=callers), SECURED, **bearer("ann/a"))
    assert callers.asked == 1


async def test_parameters_reach_a_flow_at_its_secured_address() -> None:
    seen: list[dict[str, str]] = []
    template = route("/services/flow/p/orders/{id}", lambda exchange: seen.append(exchange.request.params))
    await ask(handler_of(template), "/services/flow-secured/p/orders/7", **bearer("ann"))
    assert seen == [{"id": "7"}]


async def test_a_sandbox_answers_to_its_owner_alone() -> None:
    sandboxes = {"ann": Routes([route(behaviour=fail), route("/services/flow/p/new.flow")])}
    handler = handler_of(route(), sandboxes=sandboxes)
    mine = "/services/flow-sandbox/ann"
    for path in (f"{mine}/p/new.flow", f"{mine}/none", "/services/flow-sandbox/bob/x", "/services/flow-sandbox/"):
        assert await told(handler, path) == (401, "request.unauthorized")
    assert await told(handler, f"{mine}/p/new.flow", **bearer("ann")) == (200, "")
    assert await told(handler, "/services/flow/p/new.flow") == (404, "request.notFound")
    others = [await ask(handler, path, **bearer("bob")) for path in (f"{mine}/p/new.flow", f"{mine}/none", mine + "/")]
    assert {(answer.status, bytes(answer.body)) for answer in others} == {  # type: ignore[arg-type]
        (404, bytes((await ask(handler, "/services/flow-sandbox/none/x", **bearer("bob"))).body))  # type: ignore[arg-type]
    }
    assert await told(handler, "/services/flow-sandbox/bob/p/x.flow", **bearer("bob")) == (404, "request.notFound")


async def test_what_fails_in_a_sandbox_is_shown_to_its_owner() -> None:
    handler = handler_of(route(behaviour=fail), sandboxes={"ann": Routes([route(behaviour=fail)])})
    shown = await ask(handler, "/services/flow-sandbox/ann/p/x.flow", **bearer("ann"))
    hidden = await ask(handler)
    assert b"the secret of the step" in bytes(shown.body)  # type: ignore[arg-type]
    assert b"the secret of the step" not in bytes(hidden.body)  # type: ignore[arg-type]
    near = await ask(handler, "/services/flow-sandbox/ann/p/y.flow", **bearer("ann"))
    assert "did you mean /services/flow-sandbox/ann/p/x.flow?" in msgspec.json.decode(near.body)["detail"]


async def test_sign_ins_leave_room_for_flows() -> None:
    gate = asyncio.Event()

    class Slow(Tokens):
        async def find(self, request: HttpRequest) -> Caller | None:
            await gate.wait()
            return None

    source = CurrentRoutes(Routes([route()]))
    handler = HttpHandler(source, HttpSettings(max_in_flight=4), callers=Slow())
    waiting = [asyncio.create_task(told(handler, SECURED)) for _ in range(3)]
    await asyncio.sleep(0)
    assert await told(handler, SECURED) == (503, "request.busy")
    gate.set()
    assert [await each for each in waiting] == [(401, "request.unauthorized")] * 3
    assert handler.in_flight == 0


# Keys and passwords.

KEY = ApiKey(header="X-Key", secret="keys")
BASIC_USERS = Basic(secret="users", realm="shop")
ANN = [("X-Key", "key-of-ann")]
ANN_BASIC = [("Authorization", "Basic YW5uOnBhc3M=")]


async def test_a_key_names_the_caller_and_is_hidden() -> None:
    handler = handler_of(route(api_key=KEY))
    assert await told(handler) == (401, "request.unauthorized")
    assert challenges(await ask(handler)) == ['ApiKey realm="airdock", in="header", name="X-Key"']
    answer = msgspec.json.decode((await ask(handler, headers=[*ANN, ("a", "1")])).body)
    assert answer == {"user": {"name": "ann", "roles": []}, "headers": ["a"]}


async def test_a_key_or_a_password_is_enough() -> None:
    handler = handler_of(route(api_key=KEY, basic=BASIC_USERS))
    assert [(await ask(handler, headers=headers)).status for headers in (ANN, ANN_BASIC, [])] == [200, 200, 401]
    assert challenges(await ask(handler))[1] == 'Basic realm="shop", charset="UTF-8"'


async def test_a_key_is_no_sign_in() -> None:
    assert await told(handler_of(route(api_key=KEY, roles=["a"])), headers=ANN) == (401, "request.unauthorized")
    assert await told(handler_of(route(api_key=KEY)), SECURED, headers=ANN) == (401, "request.unauthorized")
    both = [*ANN, ("Authorization", "Bearer bob/a")]
    answer = await ask(handler_of(route(api_key=KEY, roles=["a"])), headers=both)
    assert msgspec.json.decode(answer.body)["user"]["name"] == "bob"


# Signatures.


async def test_a_signed_request_passes_once() -> None:
    handler = handler_of(route(signature=declared("github")))
    signed: dict[str, Any] = {"method": "POST", "headers": [github(BODY)], "body": BODY}
    assert await told(handler, method="POST", body=BODY) == (401, "request.signature")
    assert challenges(await ask(handler, method="POST")) == ['Signature realm="airdock", scheme="github"']
    assert [(await told(handler, **signed))[0] for _ in range(3)] == [200, 409, 409]
    assert await told(handler, **{**signed, "body": b"other"}) == (401, "request.signature")


async def test_of_many_at_once_one_passes() -> None:
    handler = handler_of(route(signature=declared("stripe")), replays=MemoryReplays())
    signed: dict[str, Any] = {"method": "POST", "headers": [stripe(BODY, time.time())], "body": BODY}
    found = await asyncio.gather(*(told(handler, **signed) for _ in range(20)))
    assert sorted(status for status, _ in found) == [200] + [409] * 19


@pytest.mark.parametrize("status", [200, 404, 500, 503])
async def test_what_failed_may_be_sent_again(status: int) -> None:
    def answer_with(exchange: Exchange) -> None:
        exchange.response.status = status

    handler = handler_of(route(behaviour=answer_with, signature=declared("github")))
    signed: dict[str, Any] = {"method": "POST", "headers": [github(BODY)], "body": BODY}
    again = status if status >= 500 else 409
    assert [(await ask(handler, **signed)).status for _ in range(2)] == [status, again]


async def test_a_run_that_raises_or_is_cut_off_may_be_sent_again() -> None:
    async def hold(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    signed: dict[str, Any] = {"method": "POST", "headers": [github(BODY)], "body": BODY}
    failing = handler_of(route(behaviour=fail, signature=declared("github")))
    assert [(await ask(failing, **signed)).status for _ in range(2)] == [500, 500]
    replays = MemoryReplays()
    holding = handler_of(route(behaviour=hold, signature=declared("github")), replays=replays)
    for _ in range(2):
        task = asyncio.create_task(ask(holding, **signed))
        await until(lambda: replays.count and holding.in_flight)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (replays.count, holding.in_flight) == (0, 0)


async def test_a_request_that_is_cut_off_while_it_is_remembered_is_forgotten() -> None:
    entered, gate = threading.Event(), threading.Event()

    class Slow(MemoryReplays):
        def seen(self, key: bytes, until: float) -> bool:
            entered.set()
            gate.wait(10)
            return super().seen(key, until)

    replays = Slow()
    handler = handler_of(route(signature=declared("github")), replays=replays)
    task = asyncio.create_task(ask(handler, method="POST", headers=[github(BODY)], body=BODY))
    await asyncio.to_thread(entered.wait, 10)
    task.cancel()
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (replays.count, handler.in_flight) == (0, 0)


async def test_without_the_memory_of_signatures_nothing_passes(caplog: pytest.LogCaptureFixture) -> None:
    class Down(MemoryReplays):
        def seen(self, key: bytes, until: float) -> bool:
            raise DatabaseError("database.unavailable", "the database at a secret place")

    handler = handler_of(route(signature=declared("github")), replays=Down())
    answer = await ask(handler, method="POST", headers=[github(BODY)], body=BODY)
    assert answer.status == 503
    assert b"secret place" not in bytes(answer.body)  # type: ignore[arg-type]

    class Forgetful(MemoryReplays):
        def forget(self, key: bytes) -> None:
            raise DatabaseError("database.unavailable", "gone")

    handler = handler_of(route(behaviour=fail, signature=declared("github")), replays=Forgetful())
    assert (await ask(handler, method="POST", headers=[github(BODY)], body=BODY)).status == 500
    assert "cannot be sent again" in caplog.text


async def test_a_packed_body_is_signed_as_it_was_sent() -> None:
    packed = gzip.compress(BODY)

    class Wire(HttpRequest):
        def __init__(self, data: bytes, signature: bytes) -> None:
            super().__init__("POST", FLOW)
            self._sent = data
            self._lines = [
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
                ("content-length", str(len(data))),
                ("x-hub-signature-256", github(signature)[1]),
            ]

        def take_fields(self) -> Any:
            return self._lines

        async def receive(self, length: int | None, limit: int) -> bytes:
            return self._sent

    def echo(exchange: Exchange) -> None:
        exchange.body = exchange.request.body

    async def read(exchange: Exchange) -> None:
        await exchange.request.read()
        echo(exchange)

    handler = handler_of(route(behaviour=read, signature=declared("github")))

    async def send(data: bytes, signed: bytes) -> Answer:
        request = Wire(data, signed)
        before = request.limits.room.left
        answer = handler.answer(request)
        answer = answer if isinstance(answer, Answer) else await answer
        assert request.limits.room.left == before
        return answer

    assert msgspec.json.decode((await send(packed, packed)).body) == {"a": 1}
    assert (await send(packed, BODY)).status == 401
    assert (await send(b"no gzip", b"no gzip")).status == 400


# Rates.


def remote(address: str, **more: Any) -> BufferedRequest:
    request = BufferedRequest("GET", FLOW, **more)
    request.remote = address
    return request


async def statuses(handler: HttpHandler, *requests: BufferedRequest) -> list[int]:
    found = [handler.answer(request) for request in requests]
    return [(answer if isinstance(answer, Answer) else await answer).status for answer in found]


def limit(**more: Any) -> RateLimit:
    return RateLimit(limit=1, per=3600.0, **more)


async def test_calls_beyond_are_told_when_to_come_again() -> None:
    handler = handler_of(route(rate_limit=RateLimit(limit=2, per=3600.0)))
    first, _, third = [await ask(handler) for _ in range(3)]
    policy = ("ratelimit-policy", '"default";q=2;w=3600')
    assert first.status == 200
    assert {policy, ("ratelimit", '"default";r=1;t=1800')} <= set(first.headers)
    headers = dict(third.headers)
    assert (third.status, msgspec.json.decode(third.body)["code"]) == (429, "request.rateLimited")
    assert 1790 <= int(headers["retry-after"]) <= 1800
    assert policy in third.headers
    assert headers["ratelimit"].startswith('"default";r=0;t=3')


async def test_an_address_cannot_be_forged_by_a_header() -> None:
    handler = handler_of(route(rate_limit=limit(by="remote")))
    forged = [remote("10.0.0.1", headers=[("X-Forwarded-For", f"1.2.3.{number}")]) for number in range(2)]
    assert await statuses(handler, *forged, remote("10.0.0.2")) == [200, 429, 200]


async def test_callers_are_counted_by_user_key_or_address() -> None:
    signed_in = handler_of(route(roles=["a"], rate_limit=limit()))
    requests = [remote(f"10.0.0.{number}", **bearer("ann/a")) for number in range(2)]
    assert await statuses(signed_in, *requests, remote("10.0.0.1", **bearer("bob/a"))) == [200, 429, 200]
    keyed = handler_of(route(api_key=KEY, rate_limit=limit()))
    other = [("X-Key", "x")]
    assert await statuses(keyed, remote("a", headers=ANN), remote("b", headers=ANN), remote("a", headers=other)) == [
        200,
        429,
        200,
    ]
    public = handler_of(route(rate_limit=limit()))
    assert await statuses(public, remote("a"), remote("a"), remote("b")) == [200, 429, 200]


async def test_who_is_refused_does_not_count_for_a_caller() -> None:
    handler = handler_of(route(roles=["a"], rate_limit=limit()))
    assert await statuses(handler, remote("a"), remote("a", **bearer("ann/b")), remote("a", **bearer("ann/a"))) == [
        401,
        403,
        200,
    ]


async def test_guesses_count_where_addresses_are_counted() -> None:
    handler = handler_of(route(basic=BASIC_USERS, rate_limit=limit(by="remote")))
    assert await statuses(handler, remote("a"), remote("a", headers=ANN_BASIC)) == [401, 429]


async def test_a_flow_can_be_counted_as_a_whole() -> None:
    handler = handler_of(route(rate_limit=limit(by="flow")))
    assert await statuses(handler, remote("a"), remote("b")) == [200, 429]


async def test_each_flow_counts_for_itself() -> None:
    first, second = route(rate_limit=limit()), route("/services/flow/p/y.flow", rate_limit=limit())
    second.pipeline.name = "p/y.flow"  # type: ignore[union-attr,misc]
    handler = handler_of(first, second)
    assert [(await ask(handler, path)).status for path in (FLOW, "/services/flow/p/y.flow", FLOW)] == [200, 200, 429]


async def test_a_request_that_is_refused_is_not_remembered() -> None:
    handler = handler_of(route(signature=declared("github"), rate_limit=limit()))
    signed: dict[str, Any] = {"method": "POST", "headers": [github(BODY)], "body": BODY}
    assert [(await ask(handler, **each)).status for each in ({"method": "POST"}, signed)] == [401, 429]


async def test_room_is_given_back_whatever_happens() -> None:
    for protection in ({"signature": declared("github")}, {"api_key": KEY}, {"roles": ["a"]}):
        handler = handler_of(route(**protection))
        await asyncio.gather(*(told(handler, method="POST", body=BODY) for _ in range(5)))
        assert handler.in_flight == 0


def test_a_protection_of_nothing_is_still_one() -> None:
    assert not Route(FLOW, FakePipeline(hello), protection=Protection()).direct
    assert Route(FLOW, FakePipeline(hello)).direct
    RateLimits(slots=8).close()
