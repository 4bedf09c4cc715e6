"""The recorded runs, in the management API."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from airdock.runlog import RunRecord, RunStore, RunSummary
from airdock.server.management.models import Page

Outcome = Literal["ok", "failed"]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[UUID | None, QueryParameter(description="The `next` of the page before.")]
Flow = Annotated[str | None, QueryParameter(description="Only runs of this flow, `project/file.flow`.")]
OutcomeFilter = Annotated[Outcome | None, QueryParameter(description="Only runs that ended so.")]
Since = Annotated[
    datetime | None, QueryParameter(description="Only runs that began then or later; UTC if it names no zone.")
]


def run_routes(store: RunStore) -> Sequence[HTTPRouteHandler]:
    """What the run log keeps."""

    @get("/runs", summary="Recorded runs, the newest first", tags=["runs"], sync_to_thread=True)
    def list_runs(
        flow: Flow = None, outcome: OutcomeFilter = None, since: Since = None, limit: Limit = 50, cursor: Cursor = None
    ) -> Page[RunSummary]:
        if since is not None and since.tzinfo is None:
            since = since.replace(tzinfo=UTC)
        runs = store.list(flow, outcome, since, limit + 1, str(cursor) if cursor is not None else None)
        page = runs[:limit]
        return Page(page, page[-1].id if len(runs) > limit else None)

    @get(
        "/runs/{run_id:uuid}",
        summary="A recorded run, with its steps where they were kept",
        tags=["runs"],
        sync_to_thread=True,
    )
    def show_run(run_id: FromPath[UUID]) -> RunRecord:
        record = store.get(str(run_id))
        if record is None:
            raise NotFoundException(f"No run {run_id} is kept: successful runs beyond a budget are counted only.")
        return record

    return [list_runs, show_run]
