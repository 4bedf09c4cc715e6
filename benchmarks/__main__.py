"""`make bench`: one table of requests per second with ratios, then the figures of the parts."""

import argparse
import asyncio
import os
import platform
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import (
    aggregating,
    calling,
    consuming,
    databases,
    footprint,
    formats,
    lists,
    micro,
    patterns,
    publishing,
    scheduling,
)
from benchmarks.load import BUSY, CONNECTIONS, ROWS, Row, requests_per_second, require_wrk
from benchmarks.servers import FLOWS, airdock, bare, fastapi, free_port, running

MANY = 10_000
RUNS = 100_000
TABLES = ("load", "parts", "patterns", "footprint", "repository", "calling", "arriving")
COLUMNS = ("airdock", "fastapi", "bare")
Rates = dict[tuple[str, str], list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="length of one measurement")
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds, in each of which every row and column has its turn"
    )
    parser.add_argument(
        "--skip",
        nargs="*",
        default=[],
        choices=["load", "parts", "patterns", "footprint", "repository", "calling", "arriving"],
    )
    options = parser.parse_args()
    console = Console(width=110)
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if "load" not in options.skip:
        require_wrk()
        console.print(_load_table(_measure(options.seconds, options.rounds, console), options))
    if "parts" not in options.skip:
        console.print(_parts_table())
    if "patterns" not in options.skip:
        console.print(_patterns_table())
    if "footprint" not in options.skip:
        require_wrk()
        console.print(_footprint_table(options.seconds, options.rounds))
    if "repository" not in options.skip:
        require_wrk()
        console.print(_repository_table(options.seconds, options.rounds))
    if "calling" not in options.skip:
        require_wrk()
        console.print(_calling_table(options.seconds, options.rounds))
    if "arriving" not in options.skip:
        console.print(_arriving_table(options.rounds))


def _measure(seconds: int, rounds: int, console: Console) -> Rates:
    rates: Rates = {}
    ports = {column: free_port() for column in COLUMNS}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        commands = {
            "airdock": airdock(FLOWS, ports["airdock"], home),
            "fastapi": fastapi(ports["fastapi"]),
            "bare": bare(ports["bare"]),
        }
        for column, command in commands.items():
            stack.enter_context(running(command, f"http://127.0.0.1:{ports[column]}/"))
        for number in range(rounds + 1):
            for row in ROWS:
                for column in COLUMNS:
                    rate = requests_per_second(_address(column, ports[column], row), row, seconds if number else 1)
                    if number:  # The first round warms up.
                        rates.setdefault((row.name, column), []).append(rate)
            console.print(f"round {number} of {rounds} done", style="dim")
    return rates


def _address(column: str, port: int, row: Row) -> str:
    path = f"services/flow/bench/{row.name}.flow" if column == "airdock" else row.name
    return f"http://127.0.0.1:{port}/{path}" + (f"?{row.query}" if row.query else "")


def _load_table(rates: Rates, options: argparse.Namespace) -> Table:
    load = f"wrk -t1 -c{CONNECTIONS} -d{options.seconds}s"
    title = f"requests/s, one worker, {load}, medians of {options.rounds} alternating rounds"
    table = Table(title=title, title_justify="left")
    table.add_column("service")
    for heading in ("Airdock", "FastAPI by hand", "bare RSGI", "to FastAPI", "to bare"):
        table.add_column(heading, justify="right")
    for row in ROWS:
        own, hand, limit = (median(rates[row.name, column]) for column in COLUMNS)
        table.add_row(
            row.title, f"{own:,.0f}", f"{hand:,.0f}", f"{limit:,.0f}", f"{own / hand:.2f}", f"{own / limit:.0%}"
        )
    return table


def _parts_table() -> Table:
    table = Table(title="parts, in this process", title_justify="left")
    table.add_column("part")
    table.add_column("time", justify="right")
    table.add_column("bar", justify="right")
    small, large = micro.condition(), micro.condition(1024**2)
    table.add_row("engine, one more plain step", f"{micro.engine_step():,.0f} ns", "1,000 ns")
    table.add_row("condition by expression", f"{small:,.0f} ns", "4,000 ns")
    table.add_row("the same beside an unread 1 MB", f"{large:,.0f} ns", "no more")
    table.add_row("mapping of 20 items", f"{micro.mapping():,.0f} ns", "")
    table.add_row("routing flow, request to answer", f"{micro.routing_call():,.0f} ns", "")
    return table


def _patterns_table() -> Table:
    table = Table(title="patterns, in this process, over the bare step", title_justify="left")
    table.add_column("what")
    for heading in ("Airdock", "by hand", "bar"):
        table.add_column(heading, justify="right")
    for row in (*patterns.ROWS, *aggregating.ROWS, *formats.ROWS, *databases.ROWS):
        table.add_row(*row())
    return table


def _calling_table(seconds: int, rounds: int) -> Table:
    table = Table(title=f"requests/s, a call over HTTP for each, {CONNECTIONS} callers", title_justify="left")
    table.add_column("service")
    for heading in ("measured", "Airdock to it", "bar"):
        table.add_column(heading, justify="right")
    rates = calling.rates(seconds, rounds)
    own = rates["airdock"]
    table.add_row("Airdock, step `http`", f"{own:,.0f}", "", "")
    for column, bar in (("aiohttp", "1.5"), ("httpx", "8")):
        table.add_row(f"FastAPI with {column} by hand", f"{rates[column]:,.0f}", f"{own / rates[column]:.2f}", bar)
    return table


def _arriving_table(rounds: int) -> Table:
    table = Table(title="listeners and jobs", title_justify="left")
    table.add_column("what")
    for heading in ("Airdock", "by hand", "bar"):
        table.add_column(heading, justify="right")
    for broker, title in (("nats", "NATS, JetStream"), ("rabbitmq", "RabbitMQ")):
        own, hand = consuming.rates(broker, rounds)
        what = f"messages/s of {title}, FastStream by hand"
        table.add_row(what, f"{own:,.0f}", f"{hand:,.0f}", f"80 %; {own / hand:.0%}")
    figures = asyncio.run(scheduling.measure())
    what = f"{scheduling.SCHEDULES:,} schedules, worst delay of {figures.runs:,} runs"
    table.add_row(what, f"{figures.worst:.1f} ms", "", "50 ms")
    return table


def _footprint_table(seconds: int, rounds: int) -> Table:
    table = Table(title="footprint", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_row("start to first answer, 10 flows", f"{footprint.start_seconds(10):.2f} s", "1.5 s")
    table.add_row("start to first answer, 1,000 flows", f"{footprint.start_seconds(1000):.2f} s", "5 s")
    table.add_row("resident memory of a worker, 1,000 flows", f"{footprint.worker_megabytes(1000):.0f} MB", "120 MB")
    one, two = footprint.two_workers_ratio(seconds, rounds)
    table.add_row(f"two workers to one, {BUSY.title}", f"{two:,.0f} / {one:,.0f} = {two / one:.2f}", "1.70")
    return table


def _repository_table(seconds: int, rounds: int) -> Table:
    table = Table(title="repository", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_column("bar", justify="right")
    table.add_row("publish 100 descriptors, SQLite", f"{publishing.publish_seconds():.2f} s", "1 s")
    with publishing.postgresql() as url:
        table.add_row("publish 100 descriptors, PostgreSQL", f"{publishing.publish_seconds(url):.2f} s", "1 s")
    for flows in (10, MANY):
        switch = publishing.switch_under_load(flows)
        beside = f"beside {flows:,} flows under load"
        table.add_row(f"publish 100 descriptors {beside}", f"{switch.publish:.2f} s", "")
        table.add_row("  until every answer is the new one", f"{switch.effect * 1000:.0f} ms", "300 ms")
        table.add_row("  slowest request", f"{switch.slowest * 1000:.0f} ms", "250 ms")
    start, memory = publishing.start_and_memory(MANY)
    table.add_row(f"start to first answer, {MANY:,} flows", f"{start:.1f} s", "20 s")
    table.add_row(f"resident memory of a worker, {MANY:,} flows", f"{memory:.0f} MB", "400 MB")
    few, many = publishing.speed_with(MANY, seconds, rounds)
    table.add_row(f"requests/s with {MANY:,} flows to 10", f"{many:,.0f} / {few:,.0f} = {many / few:.0%}", "95 %")
    for name, took in lists.list_milliseconds(RUNS).items():
        table.add_row(f"GET {name}, {RUNS:,} runs stored", f"{took:.1f} ms", "50 ms")
    return table


if __name__ == "__main__":
    main()
