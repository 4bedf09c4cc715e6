"""Jobs: how they stand, when they fire, pausing them, and runs that are asked for."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import delete, get, post, put
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter, RawBody

from airdock.api.jobs import JobFires, JobInfo, JobNode, JobRun
from airdock.api.shapes import Page
from airdock.cron import next_fire, next_fires
from airdock.identity import Action, Permission, Principal
from airdock.server.management.access import shows
from airdock.server.management.bodies import decode
from airdock.server.management.convert import time_of
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts
from airdock.server.scheduling import KIND
from airdock.spec.descriptors import Job
from airdock.triggers.activity import Activity
from airdock.triggers.cron import JobState
from airdock.triggers.cron.claims import pass_over
from airdock.triggers.cron.requests import Request, ask
from airdock.triggers.pauses import Pause, Pauses
from airdock.triggers.reports import Reports

READ = Access(Permission.RUNS_READ)
PAUSE = Access(Permission.ACTIVITIES_PAUSE)
RUN = Access(Permission.ACTIVITIES_RUN)

JobPath = Annotated[str, PathParameter(description="Its name, with or without `.job`: `project/nightly`.")]
Count = Annotated[int, QueryParameter(ge=1, le=1000, description="How many times.")]


def job_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The jobs that the caller may see."""
    pauses = Pauses(parts.database)
    reports = Reports(parts.database, KIND, JobState)

    @get("/jobs", **operation("listJobs", "jobs", "The jobs and how they stand", READ))
    def list_jobs(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[JobInfo]:
        told: dict[str, list[JobNode]] = {}
        for report in reports.read():
            for state in report.states:
                told.setdefault(state.name, []).append(_node(report.node, state))
        paused = pauses.all()
        jobs = {each.name: each for each in parts.agent.activities(Job) if may(request.user, each.name, READ)}
        found = [_info(each, told.get(name, []), paused.get(name)) for name, each in sorted(jobs.items())]
        return page_of(found, lambda info: info.name, limit, cursor)

    @get("/jobs/next/{path:path}", **operation("nextFires", "jobs", "When a job fires next", READ))
    def next_of_job(request: Call, path: JobPath, count: Count = 5) -> JobFires:
        job = enabled(request.user, path, READ)
        model = job.model
        times = islice(next_fires(model.expression, time.time(), ZoneInfo(model.timezone)), count)
        return JobFires(
            name=job.name,
            expression=model.expression.text,
            timezone=model.timezone,
            fires=[datetime.fromtimestamp(each, UTC) for each in times],
        )

    @post(
        "/jobs/runs/{path:path}",
        **operation(
            "runJob",
            "jobs",
            "Ask for a run of a job",
            RUN,
            description="It begins as soon as a node takes it, paused or not; a run that goes on is waited for.",
            body=JobRun,
            problems=(409, 422),
            status=202,
        ),
    )
    def run_job(request: Call, path: JobPath, body: RawBody) -> None:
        given = decode(request, body, JobRun)
        name = enabled(request.user, path, RUN).name
        with parts.database.writing() as on:
            ask(on, Request(name, given.parameters, request.user.name, time.time()))
        parts.note(request, Action.JOB_RUN, name, parameters=sorted(given.parameters))

    @put(
        "/jobs/paused/{path:path}",
        **operation(
            "pauseJob",
            "jobs",
            "Pause a job on all nodes",
            PAUSE,
            description="It fires no more; runs that go on end.",
            status=204,
        ),
    )
    def pause_job(request: Call, path: JobPath) -> None:
        name = enabled(request.user, path, PAUSE).name
        if pauses.pause(name, request.user.name):
            parts.note(request, Action.ACTIVITY_PAUSE, name)

    @delete("/jobs/paused/{path:path}", **operation("resumeJob", "jobs", "Have a job go on", PAUSE, status=204))
    def resume_job(request: Call, path: JobPath) -> None:
        name = enabled(request.user, path, PAUSE).name
        # Before it goes on: whoever takes it up finds nothing missed.
        with parts.database.writing() as on:
            pass_over(on, [name], time.time())
        if pauses.resume(name):
            parts.note(request, Action.ACTIVITY_RESUME, name)

    def enabled(user: Principal, path: str, access: Access) -> Activity[Job]:
        name = f"{path.strip('/').removesuffix('.job')}.job"
        found = next((each for each in parts.agent.activities(Job) if each.name == name), None)
        if found is None or not may(user, name, READ):
            raise NotFoundException(f"There is no job {name!r}.")
        if not may(user, name, access):
            raise PermissionDeniedException(f"This needs the permission {str(access.permission)!r}.")
        return found

    def may(user: Principal, name: str, access: Access) -> bool:
        owner, path = name[1:].split("/", 1) if name.startswith("~") else ("", name)
        if owner and owner != user.name and not user.is_administrator:
            return False
        project = path.partition("/")[0] if "/" in path else ""
        return access.permission is not None and shows(parts.authenticator, user, access.permission, project)

    return [list_jobs, next_of_job, run_job, pause_job, resume_job]


def _info(job: Activity[Job], nodes: list[JobNode], pause: Pause | None) -> JobInfo:
    model = job.model
    following = next_fire(model.expression, time.time(), ZoneInfo(model.timezone))
    return JobInfo(
        name=job.name,
        description=model.description,
        expression=model.expression.text,
        timezone=model.timezone,
        next=None if following is None or pause is not None else time_of(following),
        paused_by=pause.by if pause is not None else None,
        paused_at=time_of(pause.at) if pause is not None else None,
        nodes=nodes,
    )


def _node(node: str, state: JobState) -> JobNode:
    return JobNode(
        node=node,
        last=None if state.last is None else time_of(state.last),
        running=state.running,
        queued=state.queued,
        misfires=state.misfires,
        skipped=state.skipped,
    )
