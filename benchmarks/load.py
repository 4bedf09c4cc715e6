"""Loads a server with wrk and reads what it measured."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 32
POST_SCRIPT = Path(__file__).parent / "order.lua"


@dataclass(frozen=True)
class Row:
    """One service: its title, its name in the flows and in the rivals' addresses, its query, whether it is POSTed."""

    title: str
    name: str
    query: str = "name=Joe"
    post: bool = False


ROWS = (
    Row("routing flow", "routing"),
    Row("10 steps: conditions and sets", "ten_steps"),
    Row("JSON body: two `when`, a mapping", "order", "", post=True),
    Row("python async module", "python"),
    Row("javascript module", "javascript"),
)
BUSY = Row("an expression over 5,000 items", "busy", "")
"""Work that keeps the server and not the load generator busy."""


def require_wrk() -> None:
    """Raises SystemExit with what to do when wrk is not there."""
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmark needs the load generator wrk: install your system's package of that name.")


def requests_per_second(address: str, row: Row, seconds: int, connections: int = CONNECTIONS) -> float:
    """The rate at which the address answers.

    Raises:
        RuntimeError: an answer had not a status of 2xx, or a connection failed.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    if row.post:
        command += ["-s", str(POST_SCRIPT)]
    output = subprocess.run([*command, address], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"{address}: {output}")
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if match is None:
        raise RuntimeError(f"wrk said nothing of its rate: {output}")
    return float(match[1])
