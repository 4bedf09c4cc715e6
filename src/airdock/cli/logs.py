"""`airdock logs`: runs as they end."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from airdock.cli.server_options import JsonOption, ServerOption, connected
from airdock.cli.terminal import paint, printable, say, shortened
from airdock.units import format_duration

if TYPE_CHECKING:
    from airdock.api.runs import RunSummary
    from airdock.client import Client

PAUSE = 1.0
"""Seconds between two looks at the server."""

_LATE = timedelta(seconds=30)
"""How much later than its end a run may reach the log."""


def command(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with runs as they end, until Ctrl-C.")] = False,
    flow: Annotated[
        str | None, typer.Option(metavar="FLOW", help="Runs of this flow only, such as shop/order.flow.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="NAME", help="Runs of this project only.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Failed runs only.")] = False,
    limit: Annotated[int, typer.Option(metavar="NUMBER", min=0, max=10_000, help="As many past ones at most.")] = 20,
    server: ServerOption = None,
    json: JsonOption = False,
) -> None:
    """Show the runs of a server, the newest last.

    With --json each run is one line.

    \b
    Examples:
      airdock logs
      airdock logs -f --project shop
      airdock logs -f --failed --json
    """
    with connected(server) as client:
        runs = Follower(client, flow.removeprefix("/services/flow/").strip("/") if flow else None, project, failed)
        for run in runs.past(limit):
            _print(run, json)
        while follow:
            time.sleep(PAUSE)
            for run in runs.ended():
                _print(run, json)


class Follower:
    """Reads the runs of a server that it did not read before.

    The log lists runs by when they began, and one that took long appears among older ones. So each look goes back to
    the beginning of the oldest run that was still going on at the look before.
    """

    def __init__(self, client: "Client", flow: str | None, project: str | None, failed: bool) -> None:
        self._client = client
        self._flow, self._project, self._failed = flow, project, failed
        self._since: datetime | None = None
        self._seen: dict[str, datetime] = {}

    def past(self, limit: int) -> list["RunSummary"]:
        """Runs that have ended, as many at most, the oldest first."""
        running = self._oldest_running()
        newest = list(self._list(max(limit, 1), None))
        self._look_back_to(running, newest)
        if newest and self._since is not None:
            # Older ones that will be listed again, and were not asked for.
            older = (run for run in self._list(None, self._since) if run.start <= newest[0].start)
            self._seen = {run.id: run.start for run in (*newest, *older)}
        return list(reversed(newest[:limit]))

    def ended(self) -> list["RunSummary"]:
        """Runs that ended since the last look, the oldest first."""
        running = self._oldest_running()
        listed = list(self._list(None, self._since))
        found = [run for run in reversed(listed) if run.id not in self._seen]
        self._look_back_to(running, listed)
        self._seen |= {run.id: run.start for run in listed}
        if self._since is not None:
            self._seen = {id: start for id, start in self._seen.items() if start >= self._since}
        return found

    def _list(self, limit: int | None, since: datetime | None) -> Iterator["RunSummary"]:
        return self._client.runs.list(
            flow=self._flow,
            project=self._project,
            outcome="failed" if self._failed else None,
            since=since,
            limit=limit,
        )

    def _oldest_running(self) -> datetime | None:
        return min((run.start for run in self._client.runs.running()), default=None)

    def _look_back_to(self, running: datetime | None, listed: list["RunSummary"]) -> None:
        starts = [run.start - _LATE for run in listed[:1]] + ([running] if running else [])
        self._since = min(starts, default=self._since)


def _print(run: "RunSummary", json: bool) -> None:
    if json:
        import msgspec

        say(msgspec.json.encode(run).decode())
        return
    clock = run.start.astimezone().strftime("%H:%M:%S")
    outcome = paint(f"{run.outcome:<6}", "green" if run.outcome == "ok" else "red")
    error = paint(f"  {run.error.code}: {shortened(run.error.message, 100)}", "red") if run.error else ""
    say(f"{clock}  {outcome}  {format_duration(run.seconds):>8}  {printable(run.flow)}  {run.id}{error}")
