"""`airdock runs`: lists recorded runs and those that are going on, shows, cancels and retries one."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from airdock.api.runs import Run
from airdock.api.runs import RunningRun as GoingOn
from airdock.api.runs import RunSummary as Summary
from airdock.cli.run_sources import Chosen, Runs, full_id, run_source
from airdock.cli.server_options import JsonOption, connected, say_json
from airdock.cli.server_options import ServerOption as AnyServerOption
from airdock.cli.terminal import fail, say
from airdock.runlog import RunRecord

app = typer.Typer(add_completion=False, rich_markup_mode=None, invoke_without_command=True)


class Format(StrEnum):
    """How runs are written."""

    TEXT = "text"
    JSON = "json"


Home = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where the run log is kept.", show_default="AIRDOCK_HOME, else ~/.airdock"),
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="Management port of a server, to read its runs.",
        show_default="AIRDOCK_SERVER, else the run log on this machine",
    ),
]
RunId = Annotated[str, typer.Argument(metavar="ID", help="The run's id or its beginning.")]
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
    parent: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Runs only that went out from this one, such as groups of messages."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Runs that began no longer ago, such as 30m or 1d.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Runs that began longer ago, such as 30m or 1d.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=10_000, help="As many at most.")] = 20,
    server: ServerOption = None,
    home: Home = None,
    format: HowToWrite = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """List recorded runs, the newest first, or show one.

    Every failed run is recorded with its steps; of the successful ones a number per second, the others are counted.

    \b
    Examples:
      airdock runs
      airdock runs --failed --since 1h
      airdock runs --project shop --code timeout
      airdock runs show 0193580a-1b2c
      airdock runs --server http://127.0.0.1:8081
    """
    if context.invoked_subcommand is not None:
        context.obj = server, home
        return
    chosen = Chosen(
        _address(flow),
        project,
        "failed" if failed else None,
        code,
        parent,
        _moment("--since", since),
        _moment("--until", until),
        limit,
    )
    with run_source(server, home) as runs:
        found = runs.find(chosen)
        if json or format is Format.JSON:
            _say(list[Summary], found)
        else:
            say(*runs.lines(found, chosen.flow))


@app.command("running")
def list_running(
    context: typer.Context,
    server: ServerOption = None,
    home: Home = None,
    format: HowToWrite = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """List the runs that are going on, and have been for a second, the oldest first.

    \b
    Examples:
      airdock runs running
    """
    with _source(context, server, home) as runs:
        found = runs.running()
    if json or format is Format.JSON:
        _say(list[GoingOn], found)
        return
    from airdock.cli.run_lines import running_lines

    say(*running_lines(found))


@app.command("show")
def show_run(
    context: typer.Context,
    id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The run's id or its beginning.", show_default="the newest run")
    ] = None,
    server: ServerOption = None,
    home: Home = None,
    format: HowToWrite = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Show one run: its steps, its error, and the exchange when it failed.

    \b
    Examples:
      airdock runs show
      airdock runs show 0193580a-1b2c
    """
    with _source(context, server, home) as runs:
        record = runs.get(id)
    if json or format is Format.JSON:
        _say(Run, record)
        return
    from airdock.cli.run_lines import run_lines

    say(*run_lines(record))


@app.command("cancel")
def cancel_run(context: typer.Context, id: RunId, server: AnyServerOption = None) -> None:
    """Cancel a run that is going on, through its server. It ends a moment later.

    \b
    Examples:
      airdock runs cancel 0193580a-1b2c
    """
    with connected(server or _given(context)[0]) as client:
        whole = full_id(client, id)
        client.runs.cancel(whole)
    say(f"run {whole} is being cancelled")


@app.command("retry")
def retry_run(
    context: typer.Context,
    id: RunId,
    same_release: Annotated[
        bool, typer.Option("--same-release", help="On the release that it ran, not on the current one.")
    ] = False,
    server: AnyServerOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a failed run from the step that failed, through its server, and show how that ended.

    The exit code is 1 when it failed again.

    \b
    Examples:
      airdock runs retry 0193580a-1b2c
    """
    with connected(server or _given(context)[0]) as client:
        done = client.runs.retry(full_id(client, id), same_version=same_release)
    if json:
        say_json(done)
    else:
        from airdock.cli.run_lines import run_lines

        say(*run_lines(msgspec.convert(done, RunRecord, from_attributes=True)))
    if done.outcome == "failed":
        raise typer.Exit(1)


def _given(context: typer.Context) -> tuple[str | None, Path | None]:
    """The options of `airdock runs` itself, in front of the command."""
    given: tuple[str | None, Path | None] = context.obj
    return given


def _source(context: typer.Context, server: str | None, home: Path | None) -> AbstractContextManager[Runs]:
    if server is None and home is None:
        server, home = _given(context)
    return run_source(server, home)


def _say(type: Any, found: Any) -> None:
    """Prints runs as the API has them, wherever they come from."""
    say_json(msgspec.convert(found, type, from_attributes=True))


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
