"""Schedules of jobs: how late their runs begin, and what planning costs. `python -m benchmarks.scheduling`."""

import argparse
import asyncio
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

from airdock.cron import parse_cron
from airdock.database import Database
from airdock.engine.clock import LoopClock
from airdock.engine.pipeline import Pipeline
from airdock.exchange import Exchange
from airdock.spec.descriptors import Job
from airdock.spec.flow import Flow
from airdock.triggers.activity import Activity
from airdock.triggers.cron import Jobs, JobStore

SCHEDULES = 10_000


class Figures(NamedTuple):
    """Seconds to plan all jobs, runs, and milliseconds by which they began after their second."""

    planning: float
    runs: int
    median: float
    p99: float
    worst: float


async def measure(schedules: int = SCHEDULES, seconds: int = 20) -> Figures:
    """Jobs that fire every 5 minutes, evenly over its seconds, claimed in a SQLite database."""
    late: list[float] = []
    clock = LoopClock()

    def run(exchange: Exchange) -> None:
        late.append(time.time() % 1)

    with TemporaryDirectory() as home:
        database = Database(Path(home))
        database.open()
        jobs = Jobs(clock, JobStore(database))
        begin = time.perf_counter()
        jobs.switch([_job(number, run) for number in range(schedules)])
        planning = time.perf_counter() - begin
        # They are planned when it is known which of their fires were claimed.
        await asyncio.sleep(3)
        late.clear()
        await asyncio.sleep(seconds)
        found = sorted(each * 1000 for each in late)
        await jobs.stop(5)
        database.close()
    percentiles = quantiles(found, n=100)
    return Figures(planning, len(found), percentiles[49], percentiles[98], found[-1])


def _job(number: int, run: object) -> Activity[Job]:
    flow = Flow(steps=[])
    flow.file = f"bench/{number}.job"
    expression = parse_cron(f"{number % 60} {number // 60 % 5}/5 * * * ?")
    pipeline = Pipeline(flow, "bench", run, run)  # type: ignore[arg-type]
    return Activity(flow.file, Job(expression=expression, steps=[]), pipeline)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    figures = asyncio.run(measure(options.schedules, options.seconds))
    print(f"{options.schedules:,} schedules planned in {figures.planning:.2f} s; {figures.runs:,} runs")
    print(f"late: median {figures.median:.1f} ms, 99 % {figures.p99:.1f} ms, worst {figures.worst:.1f} ms")


if __name__ == "__main__":
    main()
