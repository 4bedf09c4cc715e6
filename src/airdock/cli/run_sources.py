"""Where `airdock runs` reads runs: the run log on this machine, or a server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol
from uuid import UUID

import msgspec

from airdock.cli.terminal import fail
from airdock.runlog import RunningRun, RunRecord, RunStore, RunSummary

if TYPE_CHECKING:
    from airdock.api.runs import RunningRun as GoingOn
    from airdock.api.runs import RunSummary as Summary
    from airdock.client import Client

_LOOKED_AT = 2000
"""Newest runs of a server among which the beginning of an id is looked for."""


class Chosen(NamedTuple):
    """Which runs are asked for."""

    flow: str | None
    project: str | None
    outcome: Literal["failed"] | None
    code: str | None
    parent: str | None
    since: datetime | None
    until: datetime | None
    limit: int


class Runs(Protocol):
    """Runs, wherever they are."""

    def find(self, chosen: Chosen) -> list[RunSummary]: ...

    def running(self) -> list[RunningRun]: ...

    def get(self, id: str | None) -> RunRecord:
        """A run by its id or the beginning of that; the newest for None. Ends the program when there is none."""
        ...

    def lines(self, found: list[RunSummary], flow: str | None) -> Iterator[str]:
        """A list of them for people."""
        ...


@contextmanager
def run_source(server: str | None, home: Path | None) -> Iterator[Runs]:
    """The server that was named, by the option or AIRDOCK_SERVER; else the run log on this machine."""
    if server and home:
        fail("--server and --home exclude each other: keep one", 2)
    if server or (home is None and os.environ.get("AIRDOCK_SERVER")):
        from airdock.cli.server_options import connected

        with connected(server) as client:
            yield _ServerRuns(client)
    else:
        yield _LocalRuns(home)


def full_id(client: "Client", written: str) -> str:
    """The id of a run of a server from its beginning. Ends the program when no run, or more than one, has it."""
    if _is_id(written):
        return written
    going_on, recorded = client.runs.running(), client.runs.list(limit=_LOOKED_AT)
    found = {each.id for runs in (going_on, recorded) for each in runs if each.id.startswith(written.lower())}
    if len(found) != 1:
        few = f"there is no run {written!r} among the newest {_LOOKED_AT}"
        fail(f"several runs have an id that begins with {written}" if found else few, hint="`airdock runs` lists them")
    return found.pop()


class _LocalRuns:
    def __init__(self, home: Path | None) -> None:
        from airdock.server.setting_values import SettingsError
        from airdock.server.settings import load_settings

        try:
            self._home = load_settings({"home": home}).home
        except SettingsError as error:
            fail(str(error), 2)
        self._store = RunStore(self._home)

    def find(self, chosen: Chosen) -> list[RunSummary]:
        flow, project, outcome, code, parent, since, until, limit = chosen
        origin = parent if parent is None or _is_id(parent) else self.get(parent).id
        return self._store.list(flow, outcome, since, limit, project=project, until=until, code=code, parent=origin)

    def running(self) -> list[RunningRun]:
        return self._store.running()

    def get(self, id: str | None) -> RunRecord:
        record = self._store.get(_newest(self._store.list(limit=1)) if id is None else id)
        if record is None:
            fail(f"there is no run {id!r}", hint="`airdock runs` lists them; successful ones may be counted only")
        return record

    def lines(self, found: list[RunSummary], flow: str | None) -> Iterator[str]:
        from airdock.cli.run_lines import listing

        return listing(found, self._store, self._home, flow)


class _ServerRuns:
    def __init__(self, client: "Client") -> None:
        self._client = client

    def find(self, chosen: Chosen) -> list[RunSummary]:
        return [msgspec.convert(run, RunSummary, from_attributes=True) for run in self._chosen(chosen)]

    def running(self) -> list[RunningRun]:
        found: Iterator[GoingOn] = self._client.runs.running()
        return [msgspec.convert(run, RunningRun, from_attributes=True) for run in found]

    def get(self, id: str | None) -> RunRecord:
        chosen = _newest(list(self._client.runs.list(limit=1))) if id is None else full_id(self._client, id)
        return msgspec.convert(self._client.runs.get(chosen), RunRecord, from_attributes=True)

    def lines(self, found: list[RunSummary], flow: str | None) -> Iterator[str]:
        from airdock.cli.run_lines import table_lines

        return table_lines(found) if found else iter([f"{self._client.server} has no such runs"])

    def _chosen(self, chosen: Chosen) -> "Iterator[Summary]":
        origin = None if chosen.parent is None else full_id(self._client, chosen.parent)
        return self._client.runs.list(**chosen._replace(parent=origin)._asdict())


def _newest(runs: "list[RunSummary] | list[Summary]") -> str:
    if not runs:
        fail("there are no runs yet")
    return runs[0].id


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
