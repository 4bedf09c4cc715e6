"""How long the lists of the management API take with many runs stored."""

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from uuid_utils import uuid7

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.runlog import RunLog, RunLogSettings
from benchmarks.servers import free_port, repository_server, running

LISTS = (
    "runs",
    "runs?outcome=failed",
    "runs?flow=p7/f.flow",
    "runs?project=p7&outcome=failed",
    "runs/running",
    "flows",
    "routes",
    "audit",
)


def list_milliseconds(runs: int, rounds: int = 20) -> dict[str, float]:
    """The median of each list call, over a connection that stands."""
    with TemporaryDirectory() as temporary:
        home, port, admin_port = Path(temporary), free_port(), free_port()
        _fill(home, runs)
        base = f"http://127.0.0.1:{admin_port}"
        with running(repository_server(port, admin_port, home), f"{base}/health/ready"), httpx.Client() as client:
            return {
                each: median(_milliseconds(client, f"{base}/api/v1/{each}") for _ in range(rounds)) for each in LISTS
            }


def _milliseconds(client: httpx.Client, address: str) -> float:
    begin = time.perf_counter()
    client.get(address).raise_for_status()
    return (time.perf_counter() - begin) * 1000


def _fill(home: Path, runs: int) -> None:
    """Records so many runs of 100 flows, every tenth of them failed."""
    log = RunLog(home, settings=RunLogSettings(queue_size=runs + 1, failures=runs, whole_failures=0))
    log.start()
    flows = [log.flow(f"p{number}/f.flow", f"p{number}", "full") for number in range(100)]
    for number in range(runs):
        flow = flows[number % len(flows)]
        exchange = Exchange(Run(str(uuid7()), flow.name, flow.project))
        error = FlowError("script.error", "it failed") if number % 10 == 3 else None
        flow.started()
        flow.ended(exchange, time.perf_counter_ns() - 1_000_000, error)
    log.close()
