"""Memory and start of the real program."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.load import BUSY, requests_per_second
from benchmarks.servers import FLOWS, airdock, free_port, running, wait_for

FLOW = (FLOWS / "bench" / "order.flow").read_text()


def start_seconds(flows: int, rounds: int = 3) -> float:
    """From the command to the first answer of a flow, median."""
    return median(_start_once(flows) for _ in range(rounds))


def _start_once(flows: int) -> float:
    with _folder(flows) as (folder, home):
        port = free_port()
        begin = time.perf_counter()
        process = subprocess.Popen(airdock(folder, port, home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_for(f"http://127.0.0.1:{port}/services/flow/p/f0.flow", process, 60)
            return time.perf_counter() - begin
        finally:
            process.terminate()
            process.wait(20)


def worker_megabytes(flows: int) -> float:
    """Resident memory of the worker process that serves so many flows, after it has answered."""
    with _folder(flows) as (folder, home):
        port = free_port()
        address = f"http://127.0.0.1:{port}/services/flow/p/f0.flow"
        with running(airdock(folder, port, home), address) as process:
            return resident_of_workers(process.pid)


def two_workers_ratio(seconds: int, rounds: int) -> tuple[float, float]:
    """Requests per second of the busy flow with one worker and with two, medians."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers in rates:
            with TemporaryDirectory() as home:
                port = free_port()
                address = f"http://127.0.0.1:{port}/services/flow/bench/{BUSY.name}.flow"
                with running(airdock(FLOWS, port, Path(home), workers), address):
                    requests_per_second(address, BUSY, 1)
                    rates[workers].append(requests_per_second(address, BUSY, seconds))
    return median(rates[1]), median(rates[2])


def resident_of_workers(pid: int) -> float:
    """Resident memory of the largest process that a server started, in megabytes."""
    return max(map(_resident, _children(pid)))


def peak_of_workers(pid: int) -> float:
    """The most that any process had resident which a server started, in megabytes."""
    return max(map(_peak, _children(pid)))


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def _folder(flows: int) -> Iterator[tuple[Path, Path]]:
    with TemporaryDirectory() as temporary:
        folder, home = Path(temporary, "flows"), Path(temporary, "home")
        (folder / "p").mkdir(parents=True)
        for number in range(flows):
            (folder / "p" / f"f{number}.flow").write_text(FLOW.replace("1000", str(1000 + number)))
        yield folder, home


def _children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
