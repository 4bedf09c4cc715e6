"""Runs by the API."""

from collections.abc import Iterator
from datetime import datetime

from airdock.api.runs import Outcome, Run, RunningRun, RunRetry, RunSummary
from airdock.client.pages import items
from airdock.client.transport import Transport, path_of


class RunCalls:
    """`client.runs`: runs that are recorded, and runs that are going on."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        flow: str | None = None,
        project: str | None = None,
        outcome: Outcome | None = None,
        code: str | None = None,
        parent: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[RunSummary]:
        """Recorded runs, the newest first.

        Args:
            code: Only those with an error whose code has this in it.
            parent: Only those that went out from the run of this id.
            since, until: Only those that began then or later, or before.
        """
        query = {"flow": flow, "project": project, "outcome": outcome, "code": code, "parent": parent}
        return items(self._transport, RunSummary, "/runs", limit=limit, since=since, until=until, **query)

    def running(self) -> Iterator[RunningRun]:
        """Runs that have been going on for more than a second."""
        return items(self._transport, RunningRun, "/runs/running")

    def get(self, id: str) -> Run:
        """A run with its steps, where they were kept."""
        return self._transport.read(Run, path_of("runs", id))

    def cancel(self, id: str) -> None:
        """Asks that a run be cancelled; it ends a moment later."""
        self._transport.send("POST", path_of("runs", id, "cancel"))

    def retry(self, id: str, *, same_version: bool = False) -> Run:
        """Goes on with a failed run from the step that failed; gives the record of that run once it has ended.

        Args:
            same_version: On the release that it ran, not on the current one.
        """
        body = RunRetry(version="same" if same_version else "current")
        return self._transport.write(Run, "POST", path_of("runs", id, "retry"), body)
