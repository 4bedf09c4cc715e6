"""`airdock runs`: lists recorded runs and those that are going on, or shows one."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.terminal import fail, json_text, say

if TYPE_CHECKING:
    from airdock.runlog import RunRecord, RunStore

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)


class Format(StrEnum):
    """How runs are written."""

    TEXT = "text"
    JSON = "json"


Home = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where the run log is kept.", show_default="AIRDOCK_HOME, else ~/.airdock"),
]
HowToWrite = Annotated[Format, typer.Option(help="For people or for programs.")]


@app.callback()
def list_runs(
    context: typer.Context,
    flow: Annotated[
        str | None, typer.Option(metavar="FLOW", help="Runs of this flow only, such as shop/order.flow.")
    ] = None,
    project: Annotated[str | None, typer.Option(metavar="NAME", help="Runs of this project's flows only.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Failed runs only.")] = False,
    code: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Failed runs only whose error code has this in it.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Runs that began no longer ago, such as 30m or 1d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Runs that began longer ago, such as 30m or 1d.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=10_000, help="As many at most.")] = 20,
    home: Home = None,
    format: HowToWrite = Format.TEXT,
) -> None:
    """List recorded runs, the newest first, or show one.

    Every failed run is recorded with its steps; of the successful ones a number per second, the others are counted.

    \b
    Examples:
      airdock runs
      airdock runs --failed --since 1h
      airdock runs --project shop --code timeout
      airdock runs show 0193580a-1b2c
    """
    if context.invoked_subcommand is not None:
        context.obj = home
        return
    store, place = _store(home)
    found = store.list(
        _address(flow),
        "failed" if failed else None,
        _moment("--since", since),
        limit,
        project=project,
        until=_moment("--until", until),
        code=code,
    )
    if format is Format.JSON:
        say(json_text(found))
        return
    from airdock.cli.run_lines import listing

    say(*listing(found, store, place, _address(flow)))


@app.command("running")
def list_running(context: typer.Context, home: Home = None, format: HowToWrite = Format.TEXT) -> None:
    """List the runs that are going on, and have been for a second, the oldest first.

    \b
    Examples:
      airdock runs running
    """
    store, _ = _store(home or context.obj)
    found = store.running()
    if format is Format.JSON:
        say(json_text(found))
        return
    from airdock.cli.run_lines import running_lines

    say(*running_lines(found))


@app.command("show")
def show_run(
    context: typer.Context,
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The run's id or its beginning.", show_default="the newest run")
    ] = None,
    home: Home = None,
    format: HowToWrite = Format.TEXT,
) -> None:
    """Show one run: its steps, its error, and the exchange when it failed.

    \b
    Examples:
      airdock runs show
      airdock runs show 0193580a-1b2c
    """
    store, _ = _store(home or context.obj)
    record = _record(store, id)
    if format is Format.JSON:
        say(json_text(record))
        return
    from airdock.cli.run_lines import run_lines

    say(*run_lines(record))


def _record(store: "RunStore", id: str | None) -> "RunRecord":
    if id is None:
        newest = store.list(limit=1)
        if not newest:
            fail("there are no runs yet")
        id = newest[0].id
    record = store.get(id)
    if record is None:
        fail(f"there is no run {id!r}", hint="`airdock runs` lists them; successful ones may be counted only")
    return record


def _store(home: Path | None) -> tuple["RunStore", Path]:
    from airdock.runlog import RunStore
    from airdock.server.settings import SettingsError, load_settings

    try:
        place = load_settings({"home": home}).home
    except SettingsError as error:
        fail(str(error), 2)
    return RunStore(place), place


def _address(flow: str | None) -> str | None:
    return None if flow is None else flow.removeprefix("/services/flow/").strip("/")


def _moment(option: str, ago: str | None) -> datetime | None:
    from airdock.units import parse_duration

    if ago is None:
        return None
    try:
        return datetime.now(UTC) - timedelta(seconds=parse_duration(ago))
    except (ValueError, OverflowError) as error:
        fail(f"{option}: {error}", 2)
