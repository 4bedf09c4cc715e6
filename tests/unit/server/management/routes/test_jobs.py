"""Jobs, by the API."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from airdock.server.management.routes.jobs import job_routes
from airdock.server.scheduling import KIND
from airdock.triggers.cron import JobState
from airdock.triggers.cron.requests import take
from airdock.triggers.pauses import Pauses
from airdock.triggers.reports import Reports
from tests.service.server import write_files
from tests.unit.server.management.installation import Installation, installation

RESOURCES = (job_routes,)
NIGHTLY, OVER = "shop/nightly.job", "shop/over.job"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    """A folder with a job, and one whose years are over."""
    nightly = {"expression": "0 0 2 1 1 ? 2090", "timezone": "Europe/Berlin", "steps": [{"type": "stop"}]}
    over = {**nightly, "expression": "0 0 2 1 1 ? 2020"}
    write_files(tmp_path / "flows", {NIGHTLY: json.dumps(nightly), OVER: json.dumps(over)})
    with installation(tmp_path / "flows", tmp_path / "home", repository=False) as made:
        yield made


async def test_jobs_are_listed_with_how_they_stand(served: Installation) -> None:
    assert RESOURCES
    state = JobState(name=NIGHTLY, next=20.0, last=10.0, running=1, misfires=2)
    Reports(served.parts.database, KIND, JobState).write("n1", [state])
    async with served.client() as client:
        nightly, over = (await client.get("/jobs")).json()["items"]
    assert nightly == {
        "name": NIGHTLY, "description": "", "expression": "0 0 2 1 1 ? 2090", "timezone": "Europe/Berlin",
        "next": "2090-01-01T01:00:00Z", "pausedBy": None, "pausedAt": None,
        "nodes": [
            {"node": "n1", "last": "1970-01-01T00:00:10Z", "running": 1, "queued": 0, "misfires": 2, "skipped": 0}
        ],
    }  # fmt: skip
    assert (over["next"], over["nodes"]) == (None, [])


async def test_the_next_fires_of_a_job(served: Installation) -> None:
    async with served.client() as client:
        found = (await client.get("/jobs/next/shop/nightly?count=3")).json()
        assert (found["name"], found["fires"]) == (NIGHTLY, ["2090-01-01T01:00:00Z"])
        assert (await client.get("/jobs/next/shop/none")).status_code == 404
        assert (await client.get("/jobs/next/shop/nightly?count=0")).status_code == 400


async def test_a_run_is_asked_for(served: Installation) -> None:
    async with served.client() as client:
        answer = await client.post("/jobs/runs/shop/nightly", json={"parameters": {"day": "monday"}})
        assert answer.status_code == 202
        large = await client.post("/jobs/runs/shop/nightly", json={"parameters": {"text": "x" * 300_000}})
        assert (large.status_code, large.json()["code"]) == (422, "job.parameters")
        assert (await client.post("/jobs/runs/shop/none", json={})).status_code == 404
    with served.parts.database.writing() as on:
        (request,) = take(on, {NIGHTLY})
    assert (request.job, request.parameters) == (NIGHTLY, {"day": "monday"})


async def test_a_job_is_paused_and_goes_on(served: Installation) -> None:
    async with served.client() as client:
        assert (await client.put("/jobs/paused/shop/nightly.job")).status_code == 204
        nightly, _ = (await client.get("/jobs")).json()["items"]
        assert nightly["next"] is None
        assert nightly["pausedBy"]
        assert (await client.delete("/jobs/paused/shop/nightly")).status_code == 204
    assert Pauses(served.parts.database).all() == {}
    actions = [entry.action for entry in served.parts.identity.audit.list().items]
    assert actions[:2] == ["activity.resume", "activity.pause"]
