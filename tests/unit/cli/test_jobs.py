"""`airdock jobs`: what it asks a server for, and what it prints."""

import json
from pathlib import Path

import httpx

from tests.service.server import write_files
from tests.unit.cli.answering import Serve, page
from tests.unit.cli.program import Program

JOB = {
    "name": "shop/nightly.job", "expression": "0 0 2 * * ?", "timezone": "UTC", "next": None, "pausedBy": "ann",
    "nodes": [{"node": "n1", "last": "2026-05-04T10:00:00Z", "running": 1}],
}  # fmt: skip


def test_jobs_are_listed(airdock: Program, serve: Serve) -> None:
    serve(page(JOB), page(JOB), page())
    _, line = airdock("jobs").out.splitlines()
    assert line.split()[:8] == ["shop/nightly.job", "0", "0", "2", "*", "*", "?", "-"]
    assert line.split()[-4:] == ["1", "paused", "by", "ann"]
    assert airdock("jobs", "--json").json()[0]["timezone"] == "UTC"
    assert airdock("jobs").out == "there is no job\n"


def test_the_next_fires_are_shown_in_the_zone_of_the_job(airdock: Program, serve: Serve) -> None:
    fires = {"name": "shop/nightly.job", "expression": "0 0 2 * * ?", "timezone": "Europe/Berlin"}
    serve(httpx.Response(200, json={**fires, "fires": ["2026-05-04T00:00:00Z"]}))
    assert airdock("jobs", "next", "shop/nightly").out.splitlines()[1] == "Mon 2026-05-04 02:00:00 +0200"


def test_the_next_fires_of_a_folder_need_no_server(airdock: Program, tmp_path: Path) -> None:
    job = {"expression": "0 0 2 1 1 ? 2098,2099", "steps": [{"type": "stop"}]}
    over = {"expression": "0 0 2 1 1 ? 2020", "steps": [{"type": "stop"}]}
    write_files(tmp_path, {"shop/nightly.job": json.dumps(job), "shop/over.job": json.dumps(over)})
    shown = airdock("jobs", "next", "shop/nightly", "--dir", str(tmp_path)).out.splitlines()
    assert shown[1:] == ["Wed 2098-01-01 02:00:00 +0000", "Thu 2099-01-01 02:00:00 +0000"]
    assert airdock("jobs", "next", "shop/over", "--dir", str(tmp_path)).out.splitlines()[1] == "it fires no more"
    missing = airdock("jobs", "next", "shop/nightlie", "--dir", str(tmp_path))
    assert "did you mean shop/nightly.job?" in missing.err


def test_a_job_is_run_paused_and_resumed(airdock: Program, serve: Serve) -> None:
    answers = serve(httpx.Response(202), httpx.Response(204), httpx.Response(204))
    airdock("jobs", "run", "shop/nightly", "--param", "day=monday", "--param", "limit=10")
    assert airdock("jobs", "pause", "shop/nightly").out == "shop/nightly is paused\n"
    assert airdock("jobs", "resume", "shop/nightly").out == "shop/nightly goes on\n"
    assert answers.asked == [
        "POST /api/v1/jobs/runs/shop/nightly",
        "PUT /api/v1/jobs/paused/shop/nightly",
        "DELETE /api/v1/jobs/paused/shop/nightly",
    ]
    assert "write it NAME=VALUE" in airdock("jobs", "run", "shop/nightly", "--param", "day").err


def test_the_history_of_a_job_is_its_runs(airdock: Program, serve: Serve) -> None:
    run = {
        "id": "01900000-0000-7000-8000-000000000000", "flow": "shop/nightly.job", "project": "shop",
        "start": "2026-05-04T10:00:00Z", "seconds": 0.5, "outcome": "failed",
        "error": {"code": "shop.closed", "message": "it is closed"},
    }  # fmt: skip
    answers = serve(page(run), page())
    assert "failed" in airdock("jobs", "history", "shop/nightly").out
    assert airdock("jobs", "history", "shop/nightly").out == "no run is recorded\n"
    assert answers.asked[0].startswith("GET /api/v1/runs")
