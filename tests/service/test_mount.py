"""The flows of a folder as an ASGI application: under uvicorn, and inside a FastAPI application."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fastapi
import httpx
import pytest
import uvicorn

from airdock.runlog import RunStore
from airdock.server import SettingsError, asgi_app
from tests.service.server import PATIENCE, get, output_flow, write_files

pytestmark = pytest.mark.services


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "flows", {"p/hello.flow": output_flow("hello")})


@contextmanager
def uvicorn_serving(app: Any, lifespan: Any = "auto") -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan=lifespan))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.mark.parametrize("lifespan", ["on", "off"])
def test_under_uvicorn(folder: Path, tmp_path: Path, lifespan: str) -> None:
    app = asgi_app(folder, home=tmp_path / "home")
    with uvicorn_serving(app, lifespan) as url:
        assert get(f"{url}/services/flow/p/hello.flow").text == "hello"
        assert get(f"{url}/health/ready").status_code == 200
        assert get(f"{url}/services/openapi.json").json()["openapi"].startswith("3.1")
    app.close()
    assert [run.flow for run in RunStore(tmp_path / "home").list()] == ["p/hello.flow"]


def test_inside_a_fastapi_application(folder: Path, tmp_path: Path) -> None:
    outer = fastapi.FastAPI()
    inner = asgi_app(folder, home=tmp_path / "home")
    outer.mount("/flows", inner)

    @outer.get("/own")
    def own() -> str:
        return "own"

    with uvicorn_serving(outer) as url:
        assert get(f"{url}/own").json() == "own"
        assert get(f"{url}/flows/services/flow/p/hello.flow").text == "hello"
        missing = get(f"{url}/flows/services/flow/p/none.flow")
        assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    inner.close()
    assert len(RunStore(tmp_path / "home").list()) == 1


async def test_requests_that_come_together_start_it_once(folder: Path, tmp_path: Path) -> None:
    app = asgi_app(folder, home=tmp_path / "home")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answers = await asyncio.gather(*(client.get("/services/flow/p/hello.flow") for _ in range(20)))
    assert {answer.text for answer in answers} == {"hello"}
    app.close()
    assert sum(each.count for each in RunStore(tmp_path / "home").counters()) == 20


async def test_it_may_be_started_again(folder: Path, tmp_path: Path) -> None:
    app = asgi_app(folder, home=tmp_path / "home")
    for _ in range(2):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            assert (await client.get("/services/flow/p/hello.flow")).text == "hello"
        app.close()


async def test_changes_are_followed_with_dev(folder: Path, tmp_path: Path, wait_until: Callable[..., Any]) -> None:
    app = asgi_app(folder, home=tmp_path / "home", dev=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert (await client.get("/services/flow/p/hello.flow")).text == "hello"

        async def changed() -> bool:
            write_files(folder, {"p/hello.flow": output_flow("changed")})
            return (await client.get("/services/flow/p/hello.flow")).text == "changed"

        await wait_until(changed)
    await app.aclose()


async def test_what_hinders_the_start_is_told_to_the_server(folder: Path) -> None:
    app = asgi_app(folder, catalogue="no.such:thing")
    received = iter([{"type": "lifespan.startup"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(received)

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    assert sent[0]["type"] == "lifespan.startup.failed"
    assert "no.such:thing" in sent[0]["message"]


def test_wrong_settings_are_refused_at_once(folder: Path) -> None:
    with pytest.raises(SettingsError, match="max_body"):
        asgi_app(folder, max_body="much")
