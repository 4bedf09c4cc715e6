"""Several processes write one run log; some of them die."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airdock.runlog import RunLog, RunLogSettings, RunStore

FLOW = "shop/orders.flow"


@contextmanager
def worker(home: Path, count: int, then: str) -> Iterator["subprocess.Popen[str]"]:
    script = Path(__file__).with_name("worker.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, str(script), str(home), str(count), then]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_processes_lose_nothing_and_count_exactly(tmp_path: Path) -> None:
    with worker(tmp_path, 5000, "close") as one, worker(tmp_path, 5000, "close") as two:
        assert (said(one), said(two)) == ("True", "True")
        assert (one.wait(), two.wait()) == (0, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["runs.db"]
    store = RunStore(tmp_path)
    counters = {each.outcome: each for each in store.counters()}
    assert (counters["ok"].count, counters["failed"].count) == (8000, 2000)
    assert sum(counters["ok"].buckets) == 8000
    runs = store.list(limit=20_000)
    assert len({run.id for run in runs}) == 10_000
    assert sum(run.outcome == "failed" for run in runs) == 2000
    assert (store.in_flight(), store.dropped()) == ({}, {})


def test_a_killed_process_loses_only_what_it_had_not_yet_written(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with worker(tmp_path, 1000, "wait") as process:
        assert said(process) == "True"
        assert store.in_flight() == {FLOW: 1}
        process.kill()
        process.wait()
    counters = {each.outcome: each.count for each in store.counters()}
    assert counters["failed"] == 200
    assert counters["ok"] >= 800
    runs = store.list(limit=1_000_000)
    assert len(runs) == sum(counters.values())
    assert store.in_flight() == {}
    assert in_flight_rows(tmp_path) == 0


def in_flight_rows(home: Path) -> int:
    """Rows left in the database after another process has cleaned up."""
    log = RunLog(home, settings=RunLogSettings(interval=0.001))
    log.start()
    assert log.flush()
    with sqlite3.connect(home / "runs.db") as connection:
        (count,) = connection.execute("SELECT count(*) FROM in_flight").fetchone()
    connection.close()
    assert log.close()
    return int(count)
