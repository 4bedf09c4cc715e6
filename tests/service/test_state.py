"""Messages that patterns have taken in outlive `kill -9` of everything."""

import contextlib
import json
import os
import signal
import threading
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.conftest import Start
from tests.service.server import AirdockServer, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

DONE = """
import json

def service(exchange):
    with open({path!r}, "a") as file:
        file.write(json.dumps(exchange.body) + "\\n")
"""


class Ledger:
    """What the steps behind a pattern saw, in a file that every process writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def script(self) -> str:
        return DONE.format(path=str(self._path))

    def entries(self) -> list[Any]:
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]


class Senders:
    """Threads that send numbered messages until they are told to stop; a server that is away does not matter."""

    def __init__(self, keys: str) -> None:
        self.acknowledged: list[int] = []
        self._numbers = count()
        self._stopped = threading.Event()
        self._keys = keys
        self._threads: list[threading.Thread] = []

    def begin(self, url: str, threads: int) -> None:
        self._threads = [threading.Thread(target=self._send, args=(url,)) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _send(self, url: str) -> None:
        with httpx.Client(timeout=10) as client:
            while not self._stopped.is_set():
                number = next(self._numbers)
                with contextlib.suppress(httpx.HTTPError):
                    answer = client.post(url, json={"key": self._keys[number % len(self._keys)], "n": number})
                    if answer.status_code == 200:
                        self.acknowledged.append(number)


def kill_all(server: AirdockServer) -> None:
    for pid in [*server.child_pids(), server.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    server.wait()


def wait_until_seen(server: AirdockServer, ledger: Ledger, numbers: set[int], item: Any) -> list[Any]:
    def seen() -> bool:
        return numbers <= {item(each) for entry in ledger.entries() for each in entry}

    server.wait_for(seen, "every acknowledged message")
    return ledger.entries()


@pytest.mark.parametrize("completion", [{"completionSize": 7, "completionTimeout": "2s"}, {"completionInterval": "1s"}])
def test_groups_of_acknowledged_messages_are_completed_after_a_kill(
    airdock_server: Start, tmp_path: Path, completion: dict[str, Any]
) -> None:
    ledger = Ledger(tmp_path / "done")
    step = {
        "type": "aggregate",
        "correlation": "body.key",
        "recoveryInterval": "2s",
        "steps": [
            {"type": "delay", "duration": "100ms"},
            {"type": "python", "module": "/p/done.py"},
        ],
        **completion,
    }
    folder = write_files(tmp_path / "flows", {"p/f.flow": {"steps": [step]}, "p/done.py": ledger.script})
    senders = Senders("abcdefgh")
    home = tmp_path / "home"
    with airdock_server(folder, "--workers", "2", home=home, ends_well=False) as server:
        senders.begin(f"{server.url}/services/flow/p/f.flow", 6)
        server.wait_for(lambda: len(ledger.entries()) > 10 and len(senders.acknowledged) > 200, "messages")
        kill_all(server)
        senders.stop()
    acknowledged = set(senders.acknowledged)
    with airdock_server(folder, "--workers", "2", home=home) as server:
        groups = wait_until_seen(server, ledger, acknowledged, lambda each: each["n"])
        for group in groups:
            assert len({each["key"] for each in group}) == 1
        # A group is seen twice only as a whole, as it was at work when it was killed.
        distinct = {tuple(each["n"] for each in group) for group in groups}
        numbers = [number for group in distinct for number in group]
        assert len(numbers) == len(set(numbers))
        assert server.stop() == 0
