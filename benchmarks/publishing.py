"""Publishing through the API of the real program, and what the switch does to requests under load."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx

from airdock.client import Client
from airdock.database import Database
from airdock.repository import Repository, write_zip
from benchmarks.footprint import resident_of_workers
from benchmarks.load import Row, requests_per_second
from benchmarks.servers import FLOWS, free_port, repository_server, running

DESCRIPTORS = 100
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"
ROUTING = (FLOWS / "bench" / "routing.flow").read_text()
ROW = Row("routing flow", "routing")


@dataclass(frozen=True)
class Switch:
    """What publishing did while a load went on. Times are in seconds.

    Attributes:
        publish: The call of the API. effect: From its answer until the new release answered 16 times in a row.
        slowest: The slowest request of the load, which had no failed one.
    """

    publish: float
    effect: float
    slowest: float


def publish_seconds(url: str = "", rounds: int = 5) -> float:
    """How long the API takes to publish a project of 100 descriptors that all changed, median."""
    with TemporaryDirectory() as home, _served(Path(home), url) as (_, client):
        return median(_publish(client, number) for number in range(rounds))


def switch_under_load(flows: int, seconds: int = 8, rounds: int = 4) -> Switch:
    """Publishes 100 changed descriptors again and again while 32 connections ask a flow of the project."""
    with TemporaryDirectory() as temporary:
        home = Path(temporary)
        fill(home, flows)
        with _served(home, "") as (port, client):
            _publish(client, 0)
            address = f"http://127.0.0.1:{port}/services/flow/published/f0.flow?name=Joe"
            _wait_for(port, 0)
            command = ["wrk", "-t1", "-c32", f"-d{seconds}s", address]
            load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            took = [(_publish(client, number), _wait_for(port, number)) for number in range(1, rounds + 1)]
            output = load.communicate()[0]
    return Switch(median(each[0] for each in took), median(each[1] for each in took), _slowest(output))


def speed_with(flows: int, seconds: int, rounds: int) -> tuple[float, float]:
    """Requests per second of one flow of 10, and of so many, medians of alternating rounds."""
    rates: dict[int, list[float]] = {10: [], flows: []}
    with TemporaryDirectory() as few, TemporaryDirectory() as many:
        homes = {10: Path(few), flows: Path(many)}
        for count, home in homes.items():
            fill(home, count)
        with _asked(homes[10]) as first, _asked(homes[flows]) as second:
            for number in range(rounds + 1):
                for count, address in ((10, first), (flows, second)):
                    rate = requests_per_second(address, ROW, seconds if number else 1)
                    if number:
                        rates[count].append(rate)
    return median(rates[10]), median(rates[flows])


def fill(home: Path, flows: int) -> None:
    """Publishes so many different flows, 100 to a project, into the repository of a home folder."""
    database = Database(home)
    database.open()
    registry = Repository(database).registry
    for project in range(0, flows, 100):
        count = min(100, flows - project)
        files = {f"f{number}.flow": _different(project + number) for number in range(count)}
        registry.publish_files(f"p{project // 100}", files, "bench", "filled")
    database.close()


def start_and_memory(flows: int) -> tuple[float, float]:
    """Seconds from the command to the first answer with so many published flows, and the worker's megabytes."""
    with TemporaryDirectory() as temporary:
        home, port = Path(temporary), free_port()
        fill(home, flows)
        address = f"http://127.0.0.1:{port}/services/flow/p0/f0.flow?name=Joe"
        begin = time.perf_counter()
        with running(repository_server(port, 0, home), address) as process:
            return time.perf_counter() - begin, resident_of_workers(process.pid)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a new database, dropped afterwards."""
    import psycopg

    name = f"airdock_bench_{uuid4().hex}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRESQL}/{name}"
    finally:
        with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _served(home: Path, url: str) -> Iterator[tuple[int, Client]]:
    port, admin_port = free_port(), free_port()
    command = repository_server(port, admin_port, home)
    with (
        running(command, f"http://127.0.0.1:{admin_port}/health/ready", environment={"AIRDOCK_DATABASE_URL": url}),
        Client(f"http://127.0.0.1:{admin_port}") as client,
    ):
        yield port, client


@contextmanager
def _asked(home: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}/services/flow/p0/f0.flow?name=Joe"
    with running(repository_server(port, 0, home), address):
        yield address


def _publish(client: Client, number: int) -> float:
    files = {f"f{each}.flow": _answering(number, each) for each in range(DESCRIPTORS)}
    archive = write_zip(files)
    base = next((each.number for each in client.registry.projects() if each.project == "published"), None)
    begin = time.perf_counter()
    client.registry.publish("published", archive, f"number {number}", base=base)
    return time.perf_counter() - begin


def _wait_for(port: int, number: int) -> float:
    address = f"http://127.0.0.1:{port}/services/flow/published/f99.flow"
    # Each time another connection, which may lead to another worker.
    with httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        begin = time.perf_counter()
        seen = 0
        while seen < 16:
            answer = client.get(address).text
            seen = seen + 1 if answer == f"{number} 99" else 0
            if time.perf_counter() - begin > 60:
                raise RuntimeError(f"release {number} does not answer: {answer}")
        return time.perf_counter() - begin


def _answering(number: int, flow: int) -> bytes:
    return f'{{"steps": [{{"type": "output", "message": "{number} {flow}"}}]}}'.encode()


def _different(number: int) -> bytes:
    return ROUTING.replace('"steps"', f'"description": "number {number}", "steps"', 1).encode()


def _slowest(output: str) -> float:
    """The largest latency that wrk saw."""
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    match = re.search(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)\b", output)
    if match is None:
        raise RuntimeError(f"wrk said nothing of its latency: {output}")
    return float(match[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[match[2]]
