"""`--dev`: a saved file answers soon, in every worker, and no request is lost or half-served meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import Start
from tests.service.server import AirdockServer, output_flow, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

FLOW = "/services/flow/p/x.flow"
SOON = 2.0
"""Seconds. It takes much less than this; a test is no place to find out how much."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "flows", {"p/x.flow": output_flow("0")})


async def answers_everywhere(url: str, expected: Iterable[tuple[int, str]], connections: int = 12) -> float:
    """Seconds until each of many connections, which are spread over the workers, got what is expected."""
    wanted = set(expected)
    started = time.monotonic()
    clients = [httpx.AsyncClient() for _ in range(connections)]
    try:
        while True:
            answers = await asyncio.gather(*(client.get(url) for client in clients))
            if {(answer.status_code, answer.text) for answer in answers} <= wanted:
                return time.monotonic() - started
            assert time.monotonic() - started < SOON, [answer.text for answer in answers]
    finally:
        for client in clients:
            await client.aclose()


@pytest.fixture
async def server(airdock_server: Start, folder: Path) -> AsyncIterator[AirdockServer]:
    with airdock_server(folder, "--workers", "2", "--dev") as server:
        server.wait_for(lambda: "Changes are followed" in server.output, "the table")
        yield server


async def test_changed_added_and_removed_files_take_effect_in_every_worker(server: AirdockServer, folder: Path) -> None:
    for number in range(1, 4):
        write_files(folder, {"p/x.flow": output_flow(str(number))})
        await answers_everywhere(server.url + FLOW, [(200, str(number))])
    write_files(folder, {"q/fresh.flow": output_flow("fresh")})
    await answers_everywhere(f"{server.url}/services/flow/q/fresh.flow", [(200, "fresh")])
    (folder / "q" / "fresh.flow").unlink()
    async with httpx.AsyncClient() as client:
        deadline = time.monotonic() + SOON
        while (await client.get(f"{server.url}/services/flow/q/fresh.flow")).status_code != 404:
            assert time.monotonic() < deadline
    server.wait_for(lambda: "removed q/fresh.flow" in server.output, "the line of the removal")
    assert "changed p/x.flow → enabled in " in server.output


async def test_a_file_that_fails_does_not_replace_what_works(server: AirdockServer, folder: Path) -> None:
    write_files(folder, {"p/x.flow": '{"steps": [{"type": "outptu"}]}'})
    server.wait_for(lambda: "failed (the last working version stays)" in server.output, "the line of the failure")
    assert "did you mean 'output'?" in server.output
    await answers_everywhere(server.url + FLOW, [(200, "0")])
    write_files(folder, {"p/x.flow": output_flow("mended")})
    await answers_everywhere(server.url + FLOW, [(200, "mended")])


async def test_a_changed_script_takes_effect(server: AirdockServer, folder: Path) -> None:
    script = "def service(exchange):\n    exchange.response.write('{}')\n"
    steps = {"steps": [{"type": "python", "module": "/p/greet.py"}]}
    write_files(folder, {"p/greet.py": script.format("one"), "p/greet.flow": steps})
    await answers_everywhere(f"{server.url}/services/flow/p/greet.flow", [(200, "one"), (404, "")])
    write_files(folder, {"p/greet.py": script.format("two")})
    await answers_everywhere(f"{server.url}/services/flow/p/greet.flow", [(200, "two")])


async def test_no_request_is_lost_or_half_served_under_load(server: AirdockServer, folder: Path) -> None:
    versions = [output_flow(f"begin-{number};", f"end-{number}") for number in range(20)]
    write_files(folder, {"p/x.flow": versions[0]})
    await answers_everywhere(server.url + FLOW, [(200, "begin-0;end-0")])
    whole = {f"begin-{number};end-{number}" for number in range(20)}
    stop = asyncio.Event()
    seen: list[tuple[int, str]] = []

    async def ask() -> None:
        async with httpx.AsyncClient() as client:
            while not stop.is_set():
                answer = await client.get(server.url + FLOW)
                seen.append((answer.status_code, answer.text))

    asking = [asyncio.create_task(ask()) for _ in range(8)]
    for number in range(1, 20):
        write_files(folder, {"p/x.flow": versions[number]})
        await answers_everywhere(server.url + FLOW, [(200, f"begin-{number};end-{number}")], connections=4)
    stop.set()
    await asyncio.gather(*asking)
    assert {status for status, _ in seen} == {200}
    assert {text for _, text in seen} <= whole
    assert len({text for _, text in seen}) > 10
