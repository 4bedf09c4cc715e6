"""Runs: those that are recorded, and those that are going on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RawBody

from airdock.api.runs import Outcome, Run, RunningRun, RunRetry, RunSummary
from airdock.api.shapes import Page
from airdock.identity import Action, Permission, Principal
from airdock.runlog import RunningRun as Running
from airdock.runlog import RunRecord
from airdock.runlog import RunSummary as Recorded
from airdock.server.management.access import require, shows
from airdock.server.management.bodies import decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call, utc
from airdock.server.management.parts import Parts
from airdock.server.management.run_pages import page_of_runs

READ = Access(Permission.RUNS_READ)

RunId = Annotated[UUID, PathParameter(description="The run's id.")]
BehindRun = Annotated[UUID | None, QueryParameter(description="The `next` of the part before.")]
OfFlow = Annotated[str | None, QueryParameter(description="Only runs of this flow, `project/file.flow`.")]
OfProject = Annotated[str | None, QueryParameter(description="Only runs of this project's flows.")]
WithOutcome = Annotated[Outcome | None, QueryParameter(description="Only runs that ended so.")]
WithCode = Annotated[
    str | None, QueryParameter(max_length=200, description="Only runs with an error whose code has this in it.")
]
OfParent = Annotated[UUID | None, QueryParameter(description="Only runs that went out from this one.")]
Since = Annotated[
    datetime | None, QueryParameter(description="Only runs that began then or later; UTC if it names no zone.")
]
Until = Annotated[datetime | None, QueryParameter(description="Only runs that began before; UTC if it names no zone.")]


def run_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """What the run log keeps, and what can be done about it."""

    @get("/runs", **operation("listRuns", "runs", "Recorded runs, the newest first", READ))
    def list_runs(
        request: Call,
        flow: OfFlow = None,
        project: OfProject = None,
        outcome: WithOutcome = None,
        code: WithCode = None,
        parent: OfParent = None,
        since: Since = None,
        until: Until = None,
        limit: Limit = 50,
        cursor: BehindRun = None,
    ) -> Page[RunSummary]:
        if project is not None and not shows(parts.authenticator, request.user, Permission.RUNS_READ, project):
            return Page([])
        chosen = partial(
            parts.store.list,
            flow,
            outcome,
            utc(since),
            project=project,
            until=utc(until),
            code=code or None,
            parent=None if parent is None else str(parent),
        )

        def batch(size: int, behind: str | None) -> list[Recorded]:
            return chosen(limit=size, before=behind)

        page = page_of_runs(
            batch, lambda run: is_shown(request.user, run), limit, None if cursor is None else str(cursor)
        )
        return Page([msgspec.convert(run, RunSummary, from_attributes=True) for run in page.items], page.next)

    @get(
        "/runs/running",
        **operation(
            "listRunning",
            "runs",
            "Runs that are going on, the oldest first",
            READ,
            description="Those that have been going on for more than a second.",
        ),
    )
    def list_running(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[RunningRun]:
        found = (run for run in parts.store.running() if is_shown(request.user, run))
        page = page_of(found, lambda run: run.id, limit, cursor)
        return Page([msgspec.convert(run, RunningRun, from_attributes=True) for run in page.items], page.next)

    @get("/runs/{run:uuid}", **operation("getRun", "runs", "A run, with its steps where they were kept", READ))
    def get_run(request: Call, run: RunId) -> Run:
        return _run(recorded(request.user, run, Permission.RUNS_READ))

    @post(
        "/runs/{run:uuid}/cancel",
        **operation(
            "cancelRun",
            "runs",
            "Ask that a run be cancelled",
            Access(Permission.RUNS_CANCEL),
            description="It ends a moment later, and is recorded as cancelled by the caller.",
            status=204,
            problems=(409,),
        ),
    )
    def cancel_run(request: Call, run: RunId) -> None:
        going_on = next((each for each in parts.store.running() if each.id == str(run)), None)
        if going_on is None:
            recorded(request.user, run, Permission.RUNS_CANCEL)
        else:
            allow(request.user, going_on, Permission.RUNS_CANCEL)
        parts.store.request_cancel(str(run), request.user.name)
        parts.note(request, Action.RUN_CANCEL, str(run))

    @post(
        "/runs/{run:uuid}/retry",
        **operation(
            "retryRun",
            "runs",
            "Go on with a failed run from the step that failed",
            Access(Permission.RUNS_RETRY),
            description="It is a run of its own; the answer is its record, once it has ended.",
            body=RunRetry,
            problems=(409,),
            in_loop=True,
        ),
    )
    async def retry_run(request: Call, run: RunId, body: RawBody) -> Run:
        given = decode(request, body, RunRetry)
        before = await asyncio.to_thread(recorded, request.user, run, Permission.RUNS_RETRY)
        after = await parts.retries.retry(before, given.version)
        await asyncio.to_thread(parts.note, request, Action.RUN_RETRY, str(run), run=after.id, version=given.version)
        return _run(after)

    def recorded(user: Principal, run: UUID, permission: Permission) -> RunRecord:
        record = parts.store.get(str(run))
        if record is None:
            raise _missing(run)
        allow(user, record, permission)
        return record

    def allow(user: Principal, run: Recorded | Running, permission: Permission) -> None:
        if not is_shown(user, run):
            raise _missing(run.id)
        require(parts.authenticator, user, permission, run.project)

    def is_shown(user: Principal, run: Recorded | Running) -> bool:
        owner = run.flow[1:].partition("/")[0] if run.flow.startswith("~") else ""
        if owner and owner != user.name and not user.is_administrator:
            # Of a sandbox, whose runs are as private as the sandbox.
            return False
        return shows(parts.authenticator, user, Permission.RUNS_READ, run.project)

    return [list_runs, list_running, get_run, cancel_run, retry_run]


def _missing(run: UUID | str) -> NotFoundException:
    return NotFoundException(f"No run {run} is kept: successful runs beyond a budget are counted only.")


def _run(record: RunRecord) -> Run:
    return msgspec.convert(record, Run, from_attributes=True)
