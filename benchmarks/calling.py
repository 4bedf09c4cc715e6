"""Requests per second of a flow that calls a service over HTTP, beside services written by hand that do the same."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.load import Row, requests_per_second
from benchmarks.servers import airdock, answering, fastapi, free_port, running

FLOW = {
    "steps": [
        {"type": "http", "connection": "/p/peer.connection", "method": "POST", "body": {"order": 7}},
        {"type": "output", "message": "${body.desk}"},
    ]
}
COLUMNS = ("airdock", "aiohttp", "httpx")


@contextmanager
def calling() -> Iterator[tuple[str, str, int]]:
    """A service, and a flow that calls it: their addresses, and the process of the server that has the flow."""
    peer, own = free_port(), free_port()
    url, address = f"http://127.0.0.1:{peer}", f"http://127.0.0.1:{own}/services/flow/p/call.flow"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        project = folder / "flows" / "p"
        project.mkdir(parents=True)
        (project / "call.flow").write_text(json.dumps(FLOW))
        (project / "peer.connection").write_text(json.dumps({"type": "http", "url": url}))
        stack.enter_context(running(answering(peer, folder), url))
        inside = {"AIRDOCK_PRIVATE_NETWORKS": "127.0.0.1"}
        command = airdock(project.parent, own, folder / "home")
        yield url, address, stack.enter_context(running(command, address, 60, inside)).pid


def rates(seconds: int, rounds: int) -> dict[str, float]:
    """Medians of alternating rounds with 32 callers; the service that is called is nginx, where it is installed."""
    measured: dict[str, list[float]] = {column: [] for column in COLUMNS}
    hand = free_port()
    with calling() as (url, address, _), ExitStack() as stack:
        addresses = {
            "airdock": address,
            "aiohttp": f"http://127.0.0.1:{hand}/aiohttp",
            "httpx": f"http://127.0.0.1:{hand}/httpx",
        }
        rival = fastapi(hand, "benchmarks.rivals.calling_app:app")
        stack.enter_context(running(rival, addresses["aiohttp"], 60, {"PEER": url}))
        for number in range(rounds + 1):
            for column in COLUMNS:
                row = Row("a call over HTTP", column, "")
                rate = requests_per_second(addresses[column], row, seconds if number else 1)
                if number:  # The first round warms up.
                    measured[column].append(rate)
    return {column: median(found) for column, found in measured.items()}
