"""`airdock jobs`: the jobs of a server, when they fire, pausing them, and runs that are asked for."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected, say_json
from airdock.cli.terminal import fail, paint, printable, say

if TYPE_CHECKING:
    from airdock.api.jobs import JobFires, JobInfo
    from airdock.api.runs import RunSummary

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)

JobName = Annotated[
    str, typer.Argument(metavar="NAME", help="The job, with its project: shop/nightly.", show_default=False)
]


@app.callback()
def jobs(context: typer.Context, server: ServerOption = None, json: JsonOption = False) -> None:
    """List the jobs of a server and when they fire; run, pause or resume one, show when it fires and how it ran.

    \b
    Examples:
      airdock jobs
      airdock jobs next shop/nightly --dir .
      airdock jobs run shop/nightly --param day=monday
    """
    if context.invoked_subcommand is not None:
        return
    with connected(server) as client:
        found = list(client.jobs.list())
    if json:
        say_json(found)
    else:
        say(*_table(found))


@app.command("next")
def next_fires_of(
    name: JobName,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many times.")] = 5,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="DIR", help="Read the job in this folder, without a server.", show_default=False),
    ] = None,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Show when a job fires next, in its time zone.

    \b
    Examples:
      airdock jobs next shop/nightly
      airdock jobs next shop/nightly --count 10 --dir .
    """
    if folder is not None:
        found = _in_folder(folder, name, count)
    else:
        with connected(server) as client:
            found = client.jobs.next(name, count)
    if json:
        say_json(found)
    else:
        say(*_fires(found))


@app.command("run")
def run_job(
    name: JobName,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A parameter: JSON, or else a text.", show_default=False),
    ] = None,
    server: ServerOption = None,
) -> None:
    """Ask for a run of a job; a run that goes on is waited for.

    \b
    Examples:
      airdock jobs run shop/nightly
      airdock jobs run shop/nightly --param day=monday --param limit=10
    """
    parameters = dict(map(_parameter, param or []))
    with connected(server) as client:
        client.jobs.run(name, parameters)
    say(f"{printable(name)} is to run: airdock jobs history {printable(name)} tells how it went")


@app.command("pause")
def pause_job(name: JobName, server: ServerOption = None) -> None:
    """Pause a job on all nodes: it fires no more, and runs that go on end.

    \b
    Examples:
      airdock jobs pause shop/nightly
    """
    with connected(server) as client:
        client.jobs.pause(name)
    say(f"{printable(name)} is paused")


@app.command("resume")
def resume_job(name: JobName, server: ServerOption = None) -> None:
    """Have a job go on that was paused. What it missed meanwhile is not made up for.

    \b
    Examples:
      airdock jobs resume shop/nightly
    """
    with connected(server) as client:
        client.jobs.resume(name)
    say(f"{printable(name)} goes on")


@app.command("history")
def history_of(
    name: JobName,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many runs.")] = 20,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Show the last runs of a job, the newest first.

    \b
    Examples:
      airdock jobs history shop/nightly
    """
    with connected(server) as client:
        found = list(client.runs.list(flow=_full(name), limit=limit))
    if json:
        say_json(found)
    else:
        say(*_history(found))


def _full(name: str) -> str:
    return f"{name.strip('/').removesuffix('.job')}.job"


def _parameter(written: str) -> tuple[str, Any]:
    name, separator, value = written.partition("=")
    if not name or not separator:
        fail(f"--param {printable(written)}: write it NAME=VALUE", 2)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _in_folder(folder: Path, name: str, count: int) -> "JobFires":
    """The fires of a job that stands in a folder, as they are from now on."""
    import time
    from datetime import UTC
    from itertools import islice
    from zoneinfo import ZoneInfo

    from airdock.api.jobs import JobFires
    from airdock.cli.folder import load_agent, near_or_some
    from airdock.cron import next_fires
    from airdock.spec.descriptors import Job

    found = {each.name: each.model for each in load_agent(folder).activities(Job)}
    model = found.get(_full(name))
    if model is None:
        hint = near_or_some(_full(name), list(found)) or "airdock check tells what is wrong with it, if it is there."
        fail(f"there is no job {printable(name)} in {folder}", hint=hint)
    times = islice(next_fires(model.expression, time.time(), ZoneInfo(model.timezone)), count)
    fires = [datetime.fromtimestamp(each, UTC) for each in times]
    return JobFires(name=_full(name), expression=model.expression.text, timezone=model.timezone, fires=fires)


def _fires(found: "JobFires") -> Iterator[str]:
    from zoneinfo import ZoneInfo

    yield paint(f"{printable(found.name)}  {printable(found.expression)}  {printable(found.timezone)}", "dim")
    for each in found.fires:
        yield f"{each.astimezone(ZoneInfo(found.timezone)):%a %Y-%m-%d %H:%M:%S %z}"
    if not found.fires:
        yield "it fires no more"


def _table(jobs: "list[JobInfo]") -> Iterator[str]:
    if not jobs:
        yield "there is no job"
        return
    names, schedules = [printable(each.name) for each in jobs], [printable(each.expression) for each in jobs]
    width, wide = max(map(len, names)), max(8, *map(len, schedules))
    yield paint(f"{'NAME':<{width}}  {'SCHEDULE':<{wide}}  {'NEXT':<19}  {'LAST':<19}  RUNNING", "dim")
    for name, schedule, each in zip(names, schedules, jobs, strict=True):
        last = max((node.last for node in each.nodes if node.last is not None), default=None)
        running = sum(node.running for node in each.nodes)
        line = f"{name:<{width}}  {schedule:<{wide}}  {_time(each.next):<19}  {_time(last):<19}  {running:>7}"
        yield f"{line}  paused by {printable(each.paused_by)}" if each.paused_by else line


def _time(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _history(runs: "list[RunSummary]") -> Iterator[str]:
    if not runs:
        yield "no run is recorded"
    for each in runs:
        outcome = paint(f"{each.outcome:<6}", "green" if each.outcome == "ok" else "red")
        error = f"  {printable(each.error.code)}: {printable(each.error.message)}" if each.error else ""
        yield f"{_time(each.start)}  {outcome}  {each.seconds:8.3f} s  {each.id}{error}"
