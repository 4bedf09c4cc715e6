"""Keys of messages when a server is killed, and that nothing it does keeps it from stopping."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.service.conftest import Start
from tests.service.server import AirdockServer, get, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

KEYS = 400


def once(*steps: object, **fields: object) -> dict[str, object]:
    return {"type": "idempotent", "key": "request.query.k", "lease": "2s", **fields, "steps": list(steps)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tap = {"type": "wireTap", "flow": {"steps": [{"type": "delay", "duration": "${request.query.tap}"}]}}
    wait = {"type": "delay", "when": "request.query.d", "duration": "${request.query.d}"}
    answer = {"type": "output", "message": "${properties.duplicate}"}
    append = {
        "type": "aggregate",
        "correlation": "request.query.g",
        "completionSize": 1000,
        "steps": [{"type": "log", "message": "complete"}],
    }
    tapped = {"steps": [{"type": "set", "properties": {"x": 1}}, tap, once(tap, wait, lease="1h"), append, answer]}
    return write_files(tmp_path / "flows", {"p/once.flow": {"steps": [once(wait), answer]}, "p/tapped.flow": tapped})


def ask(server: AirdockServer, flow: str, query: str) -> httpx.Response | None:
    """The answer; None when there is none."""
    try:
        return get(f"{server.url}/services/flow/p/{flow}.flow?{query}", timeout=30)
    except httpx.TransportError:
        return None


def kill_all(server: AirdockServer) -> None:
    """As when the machine loses its power: no process of the server does anything any more."""
    for pid in (server.pid, *server.child_pids()):
        os.kill(pid, signal.SIGKILL)
    server.kill()


def first_answers(server: AirdockServer) -> list[int]:
    """Sends keys until the server is killed in the midst of it; those whose message was acknowledged."""
    acknowledged: list[int] = []
    killed = threading.Event()

    def send(key: int) -> None:
        answer = None if killed.is_set() else ask(server, "once", f"k={key}")
        if answer is not None and answer.status_code == 200:
            assert answer.text == "false"
            acknowledged.append(key)
            if len(acknowledged) >= KEYS // 2 and not killed.is_set():
                killed.set()
                kill_all(server)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(KEYS)))
    return sorted(acknowledged)


def test_no_key_of_an_acknowledged_message_is_lost_when_all_is_killed(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--workers", "2", ends_well=False) as server:
        acknowledged = first_answers(server)
    assert KEYS // 2 <= len(acknowledged) < KEYS
    with airdock_server(folder, "--workers", "2") as server:

        def send(key: int) -> str:
            answer = ask(server, "once", f"k={key}")
            assert answer is not None
            return f"{answer.status_code} {answer.text}"

        with ThreadPoolExecutor(16) as threads:
            answers = dict(zip(range(KEYS), threads.map(send, range(KEYS)), strict=True))
    # What was not acknowledged is processed now, or was processed just before; none of it hangs.
    assert {answers[key] for key in acknowledged} == {"200 true"}
    assert {answers[key] for key in range(KEYS)} == {"200 true", "200 false"}


def test_a_message_that_was_under_way_when_its_worker_was_killed_is_processed_when_it_comes_again(
    airdock_server: Start, folder: Path
) -> None:
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        thread = threading.Thread(target=ask, args=(server, "once", "k=a&d=1h"))
        thread.start()
        server.wait_for(lambda: _in_flight(server, "p/once.flow"), "the message to be under way")
        children = server.child_pids()
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        thread.join()
        server.wait_for(lambda: len(server.child_pids() - children) == 3, "new processes")
        server.wait_ready()
        answer = ask(server, "once", "k=a")
        assert answer is not None
        assert (answer.status_code, answer.text) == (200, "false")


def test_a_server_with_state_stops_in_time_and_gives_back_what_it_held(airdock_server: Start, folder: Path) -> None:
    with airdock_server(folder, "--grace", "500ms", admin=True) as server:
        with ThreadPoolExecutor(20) as threads:
            waiting = [threads.submit(ask, server, "tapped", f"k={number % 5}&g=g&tap=1h&d=1h") for number in range(20)]
            server.wait_for(lambda: _in_flight(server, "p/tapped.flow") >= 20, "the messages to be under way")
            assert server.stop() == 0
            statuses = {answer.status_code for answer in (each.result() for each in waiting) if answer is not None}
        assert statuses <= {503}
        assert "Traceback" not in server.errors
    with airdock_server(folder, admin=True) as server:
        # They were given back: nobody waits for the end of a lease, which is an hour.
        answers = [ask(server, "tapped", f"k={number}&g=g&tap=0s") for number in range(5)]
        assert [answer and answer.text for answer in answers] == ["false"] * 5


def _in_flight(server: AirdockServer, flow: str) -> float:
    lines = get(f"{server.admin_url}/metrics").text.splitlines()
    begin = f'airdock_runs_in_flight{{flow="{flow}"}} '
    return sum(float(line.removeprefix(begin)) for line in lines if line.startswith(begin))
