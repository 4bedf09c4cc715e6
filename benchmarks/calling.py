"""Requests per second of a flow that calls a service over HTTP, beside services written by hand that do the same."""

import json
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.load import Row, requests_per_second
from benchmarks.servers import airdock, bare, fastapi, free_port, running

FLOW = {
    "steps": [
        {"type": "http", "connection": "/p/peer.connection", "method": "POST", "body": {"order": 7}},
        {"type": "output", "message": "${body.desk}"},
    ]
}
COLUMNS = ("airdock", "aiohttp", "httpx")


def rates(seconds: int, rounds: int) -> dict[str, float]:
    """Medians of alternating rounds with 32 callers; the service that is called is a bare handler on granian."""
    measured: dict[str, list[float]] = {column: [] for column in COLUMNS}
    peer, own, hand = free_port(), free_port(), free_port()
    addresses = {
        "airdock": f"http://127.0.0.1:{own}/services/flow/p/call.flow",
        "aiohttp": f"http://127.0.0.1:{hand}/aiohttp",
        "httpx": f"http://127.0.0.1:{hand}/httpx",
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        project = folder / "flows" / "p"
        project.mkdir(parents=True)
        (project / "call.flow").write_text(json.dumps(FLOW))
        url = f"http://127.0.0.1:{peer}"
        (project / "peer.connection").write_text(json.dumps({"type": "http", "url": url}))
        inside = {"AIRDOCK_PRIVATE_NETWORKS": "127.0.0.1"}
        stack.enter_context(running(bare(peer), url))
        stack.enter_context(running(airdock(project.parent, own, folder / "home"), addresses["airdock"], 60, inside))
        rival = fastapi(hand, "benchmarks.rivals.calling_app:app")
        stack.enter_context(running(rival, addresses["aiohttp"], 60, {"PEER": url}))
        for number in range(rounds + 1):
            for column in COLUMNS:
                row = Row("a call over HTTP", column, "")
                rate = requests_per_second(addresses[column], row, seconds if number else 1)
                if number:  # The first round warms up.
                    measured[column].append(rate)
    return {column: median(found) for column, found in measured.items()}
