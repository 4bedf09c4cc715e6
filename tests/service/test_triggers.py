"""The process of jobs and listeners, beside the flow workers."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import Start
from tests.service.server import AirdockServer, get, output_flow, write_files

pytestmark = [pytest.mark.slow, pytest.mark.services]

JOB = {"expression": "* * * * * ?", "steps": [{"type": "log", "message": "tick"}], "log": "full"}


def pids(server: AirdockServer) -> set[int]:
    """The processes of jobs and listeners that the server tells of; one that was killed is told for a minute more."""
    return {process["pid"] for process in processes(server) if process["kind"] == "trigger"}


def processes(server: AirdockServer) -> list[dict[str, Any]]:
    """The processes of the node."""
    answer = get(f"{server.admin_url}/api/v1/agent")
    return [process for node in answer.json()["nodes"] for process in node["processes"]]


def test_it_is_there_when_there_is_something_for_it_and_comes_back_when_it_dies(
    airdock_server: Start, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "flows", {"p/a.flow": output_flow("a")})
    with airdock_server(folder, "--dev", admin=True) as server:
        server.wait_for(lambda: processes(server), "the processes to be told")
        assert not pids(server)
        write_files(folder, {"p/tick.job": JOB})
        server.wait_for(lambda: pids(server), "the process to begin")
        (first,) = pids(server)
        os.kill(first, signal.SIGKILL)
        server.wait_for(lambda: pids(server) - {first}, "another process")
