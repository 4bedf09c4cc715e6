import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.request import Request
from airdock.triggers.http import Answer, BufferedRequest, CurrentRoutes, HttpHandler, HttpSettings, Route, Routes
from tests.unit.triggers.http.fake import RUN, FakePipeline, fail, hello, inspect, make_handler

P = "/services/flow/p"


async def ask(handler: HttpHandler, method: str, path: str, **more: Any) -> Answer:
    answer = handler.answer(BufferedRequest(method, path, **more))
    return answer if isinstance(answer, Answer) else await answer


async def problem(handler: HttpHandler, method: str, path: str) -> tuple[int, str, dict[str, str]]:
    answer = await ask(handler, method, path)
    return answer.status, msgspec.json.decode(answer.body)["code"], dict(answer.headers)


def handler_of(*routes: Route, **settings: Any) -> HttpHandler:
    return HttpHandler(CurrentRoutes(Routes(routes)), HttpSettings(**settings))


async def test_a_flow_answers_at_its_address() -> None:
    answer = await ask(make_handler(), "GET", f"{P}/hello.flow", query="name=Joe")
    assert (answer.status, answer.body, dict(answer.headers)["airdock-run"]) == (200, "Hello Joe", RUN)


async def test_a_flow_that_does_not_wait_answers_at_once() -> None:
    assert isinstance(make_handler().answer(BufferedRequest("GET", f"{P}/hello.flow")), Answer)


async def test_a_flow_that_waits_is_awaited() -> None:
    handler = make_handler()
    waiting = handler.answer(BufferedRequest("GET", f"{P}/wait.flow"))
    assert not isinstance(waiting, Answer)
    assert (await waiting).body == "waited"
    assert handler.in_flight == 0


async def test_parameters_of_the_path_reach_the_flow() -> None:
    answer = await ask(make_handler(), "GET", f"{P}/orders/5")
    assert msgspec.json.decode(answer.body)["params"] == {"id": "5"}


async def test_new_routes_are_used_at_once() -> None:
    source = CurrentRoutes()
    handler = HttpHandler(source)
    assert (await ask(handler, "GET", f"{P}/a.flow")).status == 404
    source.routes = Routes([Route(f"{P}/a.flow", FakePipeline(hello))])
    assert (await ask(handler, "GET", f"{P}/a.flow")).status == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{P}/none.flow", 404, "request.notFound"),
        (f"{P}/hello.flow/", 404, "request.notFound"),
        ("/", 404, "request.notFound"),
        ("", 404, "request.notFound"),
        ("/services/flow-secured", 404, "request.notFound"),
        ("/services/flow-secured/p/hello.flow", 401, "request.unauthorized"),
        ("/services/flow-sandbox/ann/p/hello.flow", 401, "request.unauthorized"),
        (f"{P}/roles.flow", 401, "request.unauthorized"),
        (f"{P}/../p/hello.flow", 400, "request.path"),
        (f"{P}/\0", 400, "request.path"),
        (f"{P}/bad.flow", 503, "flow.notEnabled"),
        (f"{P}/fail.flow", 500, "step.failed"),
        (f"{P}/bug.flow", 500, "internal"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(path: str, status: int, code: str) -> None:
    assert (await problem(make_handler(), "GET", path))[:2] == (status, code)


async def test_an_unauthorized_answer_says_how_to_sign_in() -> None:
    assert "www-authenticate" in (await problem(make_handler(), "GET", "/services/flow-secured/x"))[2]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PROPFIND", "TRACE"])
async def test_a_method_that_the_flow_does_not_list_is_refused(method: str) -> None:
    status, code, headers = await problem(make_handler(), method, f"{P}/orders/5")
    assert (status, code, headers["allow"]) == (405, "request.method", "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PROPFIND"])
async def test_a_flow_without_methods_answers_all(method: str) -> None:
    assert (await ask(make_handler(), method, f"{P}/hello.flow")).status == 200


async def test_options_are_answered_for_the_flow() -> None:
    for path, allow in (
        (f"{P}/orders/5", "GET, HEAD, POST, OPTIONS"),
        (f"{P}/hello.flow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    ):
        answer = await ask(make_handler(), "OPTIONS", path)
        assert (answer.status, answer.headers, answer.body) == (204, [("allow", allow)], b"")


async def test_a_flow_that_lists_options_answers_them() -> None:
    handler = handler_of(Route(f"{P}/o.flow", FakePipeline(hello), methods=["OPTIONS"]))
    assert (await ask(handler, "OPTIONS", f"{P}/o.flow")).status == 200


async def test_a_root_path_is_taken_off_once() -> None:
    handler = handler_of(Route(f"{P}/a.flow", FakePipeline(inspect)), root_path="/dirigible/")
    answer = await ask(handler, "GET", f"/dirigible{P}/a.flow")
    assert msgspec.json.decode(answer.body)["path"] == f"{P}/a.flow"
    assert (await ask(handler, "GET", f"{P}/a.flow")).status == 200
    assert (await ask(handler, "GET", f"/dirigible/dirigible{P}/a.flow")).status == 404
    assert (await ask(handler, "GET", f"/dirigiblex{P}/a.flow")).status == 404


async def test_details_are_told_where_they_may_be() -> None:
    shown = handler_of(Route(f"{P}/f.flow", FakePipeline(fail)), show_details=True)
    hidden = handler_of(Route(f"{P}/f.flow", FakePipeline(fail)))
    assert b"the secret" in bytes((await ask(shown, "GET", f"{P}/f.flow")).body)  # type: ignore[arg-type]
    assert b"the secret" not in bytes((await ask(hidden, "GET", f"{P}/f.flow")).body)  # type: ignore[arg-type]


async def test_a_bug_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "airdock.http"):
        answer = await ask(make_handler(), "GET", f"{P}/bug.flow")
    assert b"secret" not in bytes(answer.body)  # type: ignore[arg-type]
    assert dict(answer.headers)["airdock-run"] == RUN
    assert "the secret of the code" in caplog.text
    assert RUN in caplog.text


async def test_errors_after_waiting_are_problems() -> None:
    async def fail_late(exchange: Exchange) -> None:
        await asyncio.sleep(0)
        raise FlowError("flow.timeout", "late")

    async def break_late(exchange: Exchange) -> None:
        await asyncio.sleep(0)
        raise KeyError("late")

    handler = handler_of(Route(f"{P}/f.flow", FakePipeline(fail_late)), Route(f"{P}/b.flow", FakePipeline(break_late)))
    assert (await problem(handler, "GET", f"{P}/f.flow"))[:2] == (504, "flow.timeout")
    assert (await problem(handler, "GET", f"{P}/b.flow"))[:2] == (500, "internal")
    assert handler.in_flight == 0


async def test_a_pipeline_that_cannot_begin_is_a_problem() -> None:
    class Broken(FakePipeline):
        def exchange(self, request: Request) -> Exchange:
            raise FlowError("step.value", "no properties")

    handler = handler_of(Route(f"{P}/f.flow", Broken(hello)))
    assert (await problem(handler, "GET", f"{P}/f.flow"))[:2] == (500, "step.value")


async def test_runs_beyond_the_bound_are_refused() -> None:
    gate = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        await gate.wait()

    handler = handler_of(Route(f"{P}/h.flow", FakePipeline(hold)), max_in_flight=2)
    held = [asyncio.create_task(ask(handler, "GET", f"{P}/h.flow")) for _ in range(2)]
    await asyncio.sleep(0)
    status, code, headers = await problem(handler, "GET", f"{P}/h.flow")
    assert (status, code, headers["retry-after"]) == (503, "request.busy", "1")
    gate.set()
    assert [(await task).status for task in held] == [200, 200]
    assert (await ask(handler, "GET", f"{P}/h.flow")).status == 200


async def test_a_flow_that_waits_for_ever_leaves_room_for_the_others() -> None:
    gate = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        await gate.wait()

    routes = [Route(f"{P}/{name}.flow", FakePipeline(hold, f"p/{name}.flow")) for name in ("a", "b")]
    handler = handler_of(*routes, Route(f"{P}/now.flow", FakePipeline(hello)), max_in_flight=8)
    held = [asyncio.create_task(ask(handler, "GET", f"{P}/a.flow")) for _ in range(6)]
    await asyncio.sleep(0)
    assert (await problem(handler, "GET", f"{P}/a.flow"))[:2] == (503, "request.busy")
    assert (await ask(handler, "GET", f"{P}/now.flow")).status == 200
    held += [asyncio.create_task(ask(handler, "GET", f"{P}/b.flow")) for _ in range(2)]
    await asyncio.sleep(0)
    assert (await problem(handler, "GET", f"{P}/now.flow"))[:2] == (503, "request.busy")
    gate.set()
    assert [(await task).status for task in held] == [200] * 8
    assert (await ask(handler, "GET", f"{P}/a.flow")).status == 200


async def test_a_run_that_is_cancelled_is_no_longer_in_flight() -> None:
    async def hold(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    handler = handler_of(Route(f"{P}/h.flow", FakePipeline(hold)))
    task = asyncio.create_task(ask(handler, "GET", f"{P}/h.flow"))
    await asyncio.sleep(0)
    assert handler.in_flight == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert handler.in_flight == 0


async def test_other_addresses_are_answered_by_their_hook() -> None:
    async def later(request: Any) -> Answer:
        return Answer(200, [], b"later")

    async def broken(request: Any) -> Answer:
        raise RuntimeError("secret")

    async def refusing(request: Any) -> Answer:
        raise FlowError("request.unauthorized", "no")

    def broken_at_once(request: Any) -> Awaitable[Answer]:
        raise RuntimeError("secret")

    extra = {"/later": later, "/broken": broken, "/refusing": refusing, "/at-once": broken_at_once}
    handler = HttpHandler(CurrentRoutes(), extra=extra)
    assert (await ask(handler, "GET", "/later")).body == b"later"
    assert [(await ask(handler, "GET", path)).status for path in ("/broken", "/refusing", "/at-once")] == [
        500,
        401,
        500,
    ]


@given(
    st.text(max_size=10),
    st.text(max_size=40) | st.text(max_size=20).map(lambda end: f"{P}/orders/{end}"),
    st.text(max_size=20),
)
async def test_every_request_is_answered(method: str, path: str, query: str) -> None:
    answer = await ask(make_handler(), method, path, query=query)
    assert 200 <= answer.status < 500


async def test_a_method_that_is_not_answered_is_told_which_are() -> None:
    handler = handler_of(Route(f"{P}/a.flow", FakePipeline(hello), methods=("PUT", "POST")))
    answer = await ask(handler, "DELETE", f"{P}/a.flow")
    assert msgspec.json.decode(answer.body)["detail"] == "The flow does not answer DELETE: it answers POST, PUT."


@pytest.mark.parametrize(
    ("details", "told"),
    [(True, f"No flow answers at this address: did you mean /api{P}/order.flow?"), (False, "at this address.")],
)
async def test_only_where_details_are_shown_the_nearest_address_is_told(details: bool, told: str) -> None:
    handler = handler_of(Route(f"{P}/order.flow", FakePipeline(hello)), show_details=details, root_path="/api")
    answer = await ask(handler, "GET", f"/api{P}/ordr.flow")
    assert msgspec.json.decode(answer.body)["detail"].endswith(told)


async def test_a_failed_run_is_a_line_of_the_log() -> None:
    handler = handler_of(Route(f"{P}/f.flow", FakePipeline(fail)), log_failures=True)
    with capture_logs() as lines:
        await ask(handler, "GET", f"{P}/f.flow")
        await ask(handler, "GET", f"{P}/none.flow")
    assert [(line["event"], line["run"], line["step"]) for line in lines] == [("failed with step.failed", RUN, "3")]
