"""An operator cancels runs, whichever process they are in."""

import os
import signal
import threading
from pathlib import Path

import httpx
import pytest

from airdock.errors import RefusedError
from airdock.runlog import RunStore
from tests.service.conftest import Start
from tests.service.server import get, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

STUCK = "/services/flow/p/stuck.flow"


def test_runs_of_every_process_are_listed_and_cancelled(airdock_server: Start, tmp_path: Path) -> None:
    stuck = {"steps": [{"type": "delay", "duration": "1h"}, {"type": "output", "message": "never"}]}
    folder = write_files(tmp_path / "flows", {"p/stuck.flow": stuck})
    with airdock_server(folder, "--workers", "2", admin=True) as server:
        store = RunStore(server.home)
        answers: list[httpx.Response] = []
        urls = [server.url + STUCK] * 12 + [server.admin_url + STUCK] * 2
        threads = [threading.Thread(target=lambda url=url: answers.append(get(url, timeout=60))) for url in urls]
        for thread in threads:
            thread.start()
        server.wait_for(lambda: len(store.running()) == len(urls), "all runs to be listed")
        first, *others = store.running()
        assert len({run.id for run in others}) == len(urls) - 1
        store.request_cancel(first.id, "ann")
        server.wait_for(lambda: len(answers) == 1, "the first answer")
        server.wait_for(lambda: [run.id for run in store.running()] == [run.id for run in others], "the list to shrink")
        for run in others:
            store.request_cancel(run.id, "bob")
        for thread in threads:
            thread.join()
        server.wait_for(lambda: not store.running(), "the list to be empty")
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.json()["code"] for answer in answers} == {"flow.cancelled"}
        assert answers[0].headers["airdock-run"] == first.id
        told = {run.id: run.error.message for run in store.list() if run.error is not None}
        assert told.pop(first.id) == "ann cancelled the run"
        assert set(told) == {run.id for run in others}
        assert set(told.values()) == {"bob cancelled the run"}
        with pytest.raises(RefusedError, match="has ended"):
            store.request_cancel(first.id, "ann")


def test_runs_of_a_worker_that_was_killed_are_not_listed(airdock_server: Start, tmp_path: Path) -> None:
    stuck = {"steps": [{"type": "delay", "duration": "1h"}]}
    folder = write_files(tmp_path / "flows", {"p/stuck.flow": stuck})
    with airdock_server(folder, "--workers", "1") as server:
        store = RunStore(server.home)
        asking = threading.Thread(target=_ask, args=(server.url + STUCK,))
        asking.start()
        server.wait_for(lambda: len(store.running()) == 1, "the run to be listed")
        (run,) = store.running()
        (worker,) = server.child_pids()
        os.kill(worker, signal.SIGKILL)
        asking.join()
        server.wait_for(lambda: not store.running(), "the list to be empty")
        with pytest.raises(RefusedError, match=r"ended with its process|no run"):
            store.request_cancel(run.id, "ann")


def _ask(url: str) -> None:
    try:
        get(url, timeout=60)
    except httpx.TransportError:
        return
