"""How a server stops, and what it does when a part of it dies."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
import termios
import threading
import time
from functools import partial
from pathlib import Path

import aiohttp
import httpx
import pytest

from airdock.runlog import RunStore
from tests.service.conftest import Start
from tests.service.server import AirdockServer, free_ports, get, output_flow, status_of, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

HELLO = "/services/flow/p/hello.flow"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    slow = {"steps": [{"type": "delay", "duration": "1s"}, {"type": "output", "message": "whole"}]}
    stuck = {"steps": [{"type": "delay", "duration": "1h"}]}
    return write_files(
        tmp_path / "flows", {"p/hello.flow": output_flow("hello"), "p/slow.flow": slow, "p/stuck.flow": stuck}
    )


def ask_beside(urls: list[str]) -> tuple[list[httpx.Response], list[threading.Thread]]:
    """Sends requests from threads; the answers come into the list."""
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda url=url: answers.append(get(url, timeout=30))) for url in urls]
    for thread in threads:
        thread.start()
    return answers, threads


def wait_in_flight(url: str, flow: str, count: int) -> None:
    deadline = time.monotonic() + 10
    while f'airdock_runs_in_flight{{flow="{flow}"}} {count}.0' not in get(f"{url}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_run_whose_caller_has_gone_ends_well(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, admin=True) as server:
        with pytest.raises(httpx.ReadTimeout):
            get(f"{server.url}/services/flow/p/slow.flow", timeout=0.3)
        wait_in_flight(server.admin_url, "p/slow.flow", 1)
        assert server.stop() == 0
        assert [run.error for run in RunStore(server.home).list(flow="p/slow.flow")] == [None]


def test_event_streams_and_sockets_are_ended_and_keep_no_server_from_stopping(
    airdock_server: Start, folder: Path
) -> None:
    echo = {"websocket": {}, "steps": [{"type": "output", "message": "${body}"}]}
    write_files(folder, {"p/live.flow": {"events": {"topic": "t"}, "steps": []}, "p/echo.flow": echo})
    with airdock_server(folder, "--workers", "2", admin=True) as server:

        async def stopped() -> float:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
                at = [f"{url}/services/flow/p" for url in (server.url, server.url, server.url, server.admin_url)]
                streams = [await http.get(f"{each}/live.flow") for each in at]
                sockets = [await http.ws_connect(f"{each}/echo.flow") for each in at]
                for socket in sockets:
                    await socket.send_str("1")
                    assert await socket.receive_str(timeout=30) == "1"
                started = time.monotonic()
                server.signal(signal.SIGTERM)
                for stream in streams:
                    # Each is whole: one that was cut off would raise.
                    assert await stream.text() == "retry: 3000\n\n"
                for socket in sockets:
                    # On a busy machine the connection may end in front of the frame that says so.
                    assert (await socket.receive(timeout=30)).type in (
                        aiohttp.WSMsgType.CLOSE,
                        aiohttp.WSMsgType.CLOSED,
                    )
                return started

        started = asyncio.run(stopped())
        assert server.wait() == 0
        # The grace period is 10 seconds.
        assert time.monotonic() - started < 8


def test_what_runs_for_nobody_and_outlasts_the_grace_period_is_cut_off(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--grace", "200ms", admin=True, ends_well=False) as server:
        with pytest.raises(httpx.ReadTimeout):
            get(f"{server.url}/services/flow/p/stuck.flow", timeout=0.3)
        wait_in_flight(server.admin_url, "p/stuck.flow", 1)
        assert server.stop() == 0
        (run,) = RunStore(server.home).list(flow="p/stuck.flow")
        assert run.error is not None
        assert run.error.code == "flow.cancelled"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_ends_well(airdock_server: Start, folder: Path, number: int) -> None:
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        url = f"{server.url}/services/flow/p/slow.flow"
        answers, threads = ask_beside([url] * 8 + [f"{server.admin_url}/services/flow/p/slow.flow"] * 2)
        wait_in_flight(server.admin_url, "p/slow.flow", 10)
        server.signal(number)
        assert server.wait() == 0
        for thread in threads:
            thread.join()
        assert [answer.text for answer in answers] == ["whole"] * 10
        assert status_of(url) == 0
        counters = {each.flow: each.count for each in RunStore(server.home).counters()}
        assert counters["p/slow.flow"] == 10


def test_what_outlasts_the_grace_period_is_cut_off_and_recorded(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--grace", "200ms", admin=True) as server:
        answers, threads = ask_beside([f"{server.url}/services/flow/p/stuck.flow"] * 3)
        wait_in_flight(server.admin_url, "p/stuck.flow", 3)
        assert server.stop() == 0
        for thread in threads:
            thread.join()
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "flow.cancelled")] * 3
        runs = RunStore(server.home).list(flow="p/stuck.flow")
        assert [run.error.code if run.error else "" for run in runs] == ["flow.cancelled"] * 3


def test_a_second_interrupt_ends_at_once(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, admin=True, ends_well=False) as server:
        thread = threading.Thread(target=lambda: status_of(f"{server.url}/services/flow/p/stuck.flow"))
        thread.start()
        wait_in_flight(server.admin_url, "p/stuck.flow", 1)
        children = server.child_pids()
        server.signal(signal.SIGINT)
        server.wait_for(lambda: status_of(f"{server.url}{HELLO}") == 0, "the flow port to close")
        server.signal(signal.SIGINT)
        assert server.wait() == 130
        thread.join()
        wait_gone(children)


def test_nothing_is_left_behind_when_the_parent_is_killed(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2", "--grace", "1s", admin=True, ends_well=False) as server:
        children = server.child_pids()
        assert len(children) == 3
        server.kill()
        wait_gone(children)


def test_a_dead_worker_and_a_dead_management_process_are_replaced(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        before = server.child_pids()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        server.wait_for(lambda: len(server.child_pids() - before) == 3, "three new processes")
        server.wait_ready()
        assert get(f"{server.url}{HELLO}").text == "hello"


def test_requests_go_on_while_one_of_two_workers_dies(airdock_server: Start, folder: Path) -> None:
    who = "import os\n\nasync def service(exchange):\n    exchange.response.write(str(os.getpid()))\n"
    write_files(folder, {"p/who.py": who, "p/who.flow": {"steps": [{"type": "python", "module": "/p/who.py"}]}})
    with airdock_server(folder, "--workers", "2") as server:
        before = server.child_pids()
        answered: set[str] = set()
        server.wait_for(lambda: len(_with_one_more(answered, server)) == 2, "answers of both workers")
        os.kill(min(before), signal.SIGKILL)
        server.wait_for(lambda: len(server.child_pids() - before) == 1, "a new worker")
        statuses = [status_of(f"{server.url}{HELLO}") for _ in range(100)]
        assert statuses.count(200) >= 99


def test_a_worker_that_dies_again_and_again_disturbs_the_others_not(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2") as server:
        server.wait_for(lambda: len(server.child_pids()) == 2, "both workers")
        (healthy, *_), seen = sorted(server.child_pids()), server.child_pids()

        def is_replaced() -> bool:
            return bool(server.child_pids() - seen)

        for _ in range(3):
            os.kill(max(server.child_pids() - {healthy}), signal.SIGKILL)
            server.wait_for(is_replaced, "a new worker")
            seen.update(server.child_pids())
        assert healthy in server.child_pids()
        assert "again and again" not in server.errors


def _with_one_more(answered: set[str], server: AirdockServer) -> set[str]:
    answered.add(get(f"{server.url}/services/flow/p/who.flow").text)
    return answered


def started(folder: Path, home: Path, port: int, terminal: int | None) -> subprocess.Popen[bytes]:
    """A server in a session of its own, with a terminal or without."""
    stream = subprocess.DEVNULL if terminal is None else terminal
    command = [sys.executable, "-m", "airdock.cli", "run", str(folder), "--home", str(home), "--admin-port", "0"]
    begin = None if terminal is None else partial(fcntl.ioctl, 0, termios.TIOCSCTTY, 0)
    return subprocess.Popen(
        [*command, "--port", str(port)],
        stdin=stream, stdout=stream, stderr=stream, start_new_session=True, preexec_fn=begin,
    )  # fmt: skip


def wait_answer(url: str) -> str:
    deadline = time.monotonic() + 30
    while status_of(url) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return get(url).text


def test_the_server_ends_with_its_terminal(folder: Path, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    ours, theirs = os.openpty()
    server = started(folder, tmp_path / "home", port, theirs)
    os.close(theirs)
    try:
        wait_answer(f"http://127.0.0.1:{port}{HELLO}")
        os.close(ours)
        assert server.wait(30) == 0
        assert status_of(f"http://127.0.0.1:{port}{HELLO}") == 0
    finally:
        server.kill()
        server.wait()


def test_without_a_terminal_a_hangup_begins_the_workers_anew(folder: Path, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}{HELLO}"
    server = started(folder, tmp_path / "home", port, None)
    try:
        assert wait_answer(url) == "hello"
        write_files(folder, {"p/hello.flow": output_flow("hello again")})
        server.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while (answer := get(url)).text != "hello again":
            assert (answer.status_code, time.monotonic() < deadline) == (200, True)
        server.terminate()
        assert server.wait(30) == 0
    finally:
        server.kill()
        server.wait()


def wait_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 15
    while any(Path(f"/proc/{pid}").exists() and not _is_zombie(pid) for pid in pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.02)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
