"""The management application, asked without a socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from airdock.runlog import RunStore
from airdock.server.management.app import INDEX, ManagementApp
from airdock.server.serving import Serving
from airdock.server.settings import load_settings

FLOW = '{"description": "Says hello.", "steps": [{"type": "output", "message": "hello"}]}'
FAILING = '{"steps": [{"type": "throw", "code": "shop.closed", "message": "closed"}]}'


@pytest.fixture
def serving(tmp_path: Path) -> Any:
    folder = tmp_path / "flows" / "shop"
    folder.mkdir(parents=True)
    (folder / "hello.flow").write_text(FLOW)
    (folder / "closed.flow").write_text(FAILING)
    (folder / "broken.flow").write_text("{")
    settings = load_settings({"folder": tmp_path / "flows", "home": tmp_path / "home", "root_path": "/root"}, {})
    serving = Serving(settings)
    serving.load()
    yield serving
    serving.close()


@pytest.fixture
async def client(serving: Serving) -> AsyncIterator[httpx.AsyncClient]:
    app = ManagementApp(serving, RunStore(serving.settings.home))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8081/root") as client:
        yield client


def assert_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["code"]


async def test_the_index_names_addresses_that_answer(client: httpx.AsyncClient) -> None:
    index = (await client.get("/")).json()
    assert set(index) == {"airdock", *INDEX}
    for name in INDEX:
        answer = await client.get(f"http://localhost{index[name]}")
        assert answer.status_code == 200, name


async def test_flows_answer_here_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/services/flow/shop/hello.flow")).text == "hello"


@pytest.mark.parametrize(
    ("host", "origin", "sent"),
    [
        ("localhost:8081", "http://localhost:8081", ["websocket.accept", "websocket.send", "websocket.close"]),
        ("localhost:8081", "https://evil.example", ["websocket.close"]),
        ("evil.example", "http://evil.example", ["websocket.close"]),
    ],
)
async def test_websockets_are_for_its_own_names_and_pages(
    serving: Serving, host: str, origin: str, sent: list[str]
) -> None:
    flow = {"websocket": {}, "steps": [{"type": "output", "message": "hello"}]}
    assert serving.settings.folder is not None
    (serving.settings.folder / "shop" / "socket.flow").write_text(json.dumps(flow))
    serving.agent.load()
    comes: asyncio.Queue[Any] = asyncio.Queue()
    for message in ({"type": "websocket.connect"}, {"type": "websocket.receive", "text": "1"}):
        comes.put_nowait(message)
    told: list[str] = []

    async def send(message: Any) -> None:
        told.append(message["type"])
        if message["type"] == "websocket.send":
            serving.handler.streams.stop()

    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    scope = {"type": "websocket", "path": "/services/flow/shop/socket.flow", "headers": headers, "query_string": b""}
    await ManagementApp(serving, RunStore(serving.settings.home))(scope, comes.get, send)
    assert told == sent


async def test_the_agent_tells_every_descriptor(client: httpx.AsyncClient) -> None:
    agent = (await client.get("/api/v1/agent")).json()
    assert agent["states"] == {"enabled": 2, "failed": 1}
    [broken] = [item for item in agent["items"] if item["path"] == "shop/broken.flow"]
    assert broken["state"] == "failed"
    assert broken["serves"] is False
    assert broken["problems"][0]["place"]["line"] == 1


async def test_flows_are_listed(client: httpx.AsyncClient) -> None:
    page = (await client.get("/api/v1/flows")).json()
    assert page["next"] is None
    hello = page["items"][1]
    assert (hello["flow"], hello["project"], hello["description"]) == ("shop/hello.flow", "shop", "Says hello.")
    assert hello["addresses"] == ["/services/flow/shop/hello.flow"]


async def test_circuit_breakers_are_shown_with_their_state(client: httpx.AsyncClient, serving: Serving) -> None:
    throw = {"type": "throw", "code": "a.b"}
    breaker = {"type": "circuitBreaker", "name": "bank", "slidingWindowSize": 1, "steps": [throw]}
    assert serving.settings.folder is not None
    (serving.settings.folder / "shop" / "bank.flow").write_text(json.dumps({"steps": [breaker]}))
    serving.agent.load()
    assert (await client.get("/services/flow/shop/bank.flow")).status_code == 500
    assert serving.runlog.flush()
    [bank, *_] = (await client.get("/api/v1/flows")).json()["items"]
    assert bank["circuitBreakers"] == [{"step": "bank", "state": "open", "processes": 1}]
    metrics = (await client.get("/metrics")).text
    assert 'airdock_circuit_breakers{flow="shop/bank.flow",state="open",step="bank"} 1.0' in metrics


async def test_runs_are_listed_in_pages_and_shown(client: httpx.AsyncClient, serving: Serving) -> None:
    for flow in ("hello", "closed", "hello"):
        await client.get(f"/services/flow/shop/{flow}.flow")
    assert serving.runlog.flush()
    first = (await client.get("/api/v1/runs", params={"limit": 2})).json()
    second = (await client.get("/api/v1/runs", params={"limit": 2, "cursor": first["next"]})).json()
    assert [run["outcome"] for run in first["items"] + second["items"]] == ["ok", "failed", "ok"]
    assert second["next"] is None
    failed = (await client.get("/api/v1/runs", params={"outcome": "failed", "flow": "shop/closed.flow"})).json()[
        "items"
    ]
    assert [run["error"]["code"] for run in failed] == ["shop.closed"]
    record = (await client.get(f"/api/v1/runs/{failed[0]['id']}")).json()
    assert record["steps"][0]["outcome"] == "failed"
    later = await client.get("/api/v1/runs", params={"since": "2999-01-01T00:00:00"})
    assert later.json() == {"items": [], "next": None}


async def test_metrics_count_what_ran(client: httpx.AsyncClient, serving: Serving) -> None:
    await client.get("/services/flow/shop/hello.flow")
    assert serving.runlog.flush()
    answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'airdock_runs_total{flow="shop/hello.flow",outcome="ok"} 1.0' in answer.text
    assert 'airdock_flows{state="failed"} 1.0' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/nothing", 404),
        ("GET", "/openapi", 404),
        ("GET", "/services/flow/nothing.flow", 404),
        ("GET", "/services/flow/shop/broken.flow", 503),
        ("GET", "/services/flow/shop/closed.flow", 500),
        ("POST", "/api/v1/runs", 405),
        ("POST", "/metrics", 405),
        ("DELETE", "/", 405),
        ("GET", "/api/v1/runs?limit=many", 400),
        ("GET", "/api/v1/runs?limit=0", 400),
        ("GET", "/api/v1/runs?limit=1000", 400),
        ("GET", "/api/v1/runs?cursor=here", 400),
        ("GET", "/api/v1/runs?since=yesterday", 400),
        ("GET", "/api/v1/runs?outcome=good", 400),
        ("GET", "/api/v1/runs/here", 404),
        ("GET", "/api/v1/runs/01900000-0000-7000-8000-000000000000", 404),
    ],
)
async def test_every_error_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    assert_problem(await client.request(method, path), status)


async def test_an_unreadable_run_log_is_a_problem_and_nothing_else_is_disturbed(
    client: httpx.AsyncClient, serving: Serving
) -> None:
    serving.runlog.close()
    for file in serving.settings.home.iterdir():
        file.write_bytes(b"this is no database" * 1000)
    assert_problem(await client.get("/api/v1/runs"), 503)
    assert (await client.get("/services/flow/shop/hello.flow")).text == "hello"


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.nip.io:8081", "192.168.0.1"])
async def test_other_names_are_refused(client: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/metrics", "/api/v1/runs", "/services/flow/shop/hello.flow", "/health/live"):
        assert_problem(await client.get(path, headers={"host": host}), 421)


async def test_pages_from_elsewhere_are_refused(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/api/v1/runs", headers={"origin": "https://example.com"}), 403)
    assert (await client.get("/api/v1/runs", headers={"origin": "http://localhost:3000"})).status_code == 200
