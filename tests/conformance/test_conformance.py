"""The conformance cases, each on a real server over a real socket: the flow port, and the ASGI face under uvicorn."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from airdock.server import asgi_app
from tests.service.server import PATIENCE, running, write_files

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
METHODS = ("get", "post", "put", "delete")

pytestmark = [pytest.mark.slow, pytest.mark.services]


@contextmanager
def granian(folder: Path, home: Path) -> Iterator[str]:
    with running(folder, home) as server:
        yield server.url


@contextmanager
def under_uvicorn(folder: Path, home: Path) -> Iterator[str]:
    app = asgi_app(folder, home=home)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture(scope="module", params=[granian, under_uvicorn], ids=["flow-port", "uvicorn"])
def serve(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, serve: Any, tmp_path: Path) -> None:
    case = json.loads(file.read_text())
    write_files(tmp_path / "flows", case["files"])
    with serve(tmp_path / "flows", tmp_path / "home") as url, httpx.Client(base_url=url) as client:
        for number, request in enumerate(case["requests"]):
            check(send(client, request), request, f"{case['about']} (request {number})")


def send(client: httpx.Client, request: dict[str, Any]) -> httpx.Response:
    method = next(name for name in METHODS if name in request)
    body = {name: request[name] for name in ("json",) if name in request}
    if "form" in request:
        body["data"] = request["form"]
    if "body" in request:
        body["content"] = request["body"]
    return client.request(method.upper(), request[method], headers=request.get("headers"), **body)


def check(answer: httpx.Response, expected: dict[str, Any], about: str) -> None:
    told = f"{about}\n{answer.status_code} {answer.headers}\n{answer.text}"
    if "status" in expected:
        assert answer.status_code == expected["status"], told
    if "text" in expected:
        assert answer.text == expected["text"], told
    if "json_equals" in expected:
        assert answer.json() == expected["json_equals"], told
    for name, value in expected.get("expect_headers", {}).items():
        assert answer.headers.get(name) == value, told
    for part in expected.get("contains", []):
        assert part in answer.text, told
    if expected.get("problem"):
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.json()["status"] == answer.status_code, told


def test_every_field_of_a_case_is_understood() -> None:
    known = {*METHODS, "form", "json", "body", "headers", "status", "text", "json_equals", "expect_headers", "contains"}
    for file in CASES:
        for request in json.loads(file.read_text())["requests"]:
            assert set(request) <= {*known, "problem"}, file.name
