import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.runlog import RunStore
from airdock.server.scheduling import KIND
from airdock.server.serving import Serving
from airdock.server.settings import load_settings
from airdock.server.triggers import Triggers
from airdock.triggers.cron import JobState
from airdock.triggers.cron.requests import Request, ask
from airdock.triggers.pauses import Pauses
from airdock.triggers.reports import Reports
from tests.service.server import write_files

NAME = "shop/nightly.job"


class World:
    """A process with a job that runs every second, and one of another year."""

    def __init__(self, home: Path) -> None:
        steps: list[dict[str, Any]] = [{"type": "set", "body": "${properties.day}"}]
        often = {"expression": "* * * * * ?", "parameters": {"day": "monday"}, "steps": steps}
        never = {"expression": "0 0 0 1 1 ? 2099", "parameters": {"day": "monday"}, "steps": steps}
        files = {NAME: json.dumps(often), "shop/late.job": json.dumps({**never, "log": "full"})}
        folder = write_files(home / "flows", files)
        self.serving = Serving(load_settings({"folder": folder, "home": home / "home"}, {}))
        self.database = self.serving.installation.database
        self.reports = Reports(self.database, KIND, JobState)
        self.runs = RunStore(home / "home")

    def states(self) -> dict[str, JobState]:
        return {state.name: state for report in self.reports.read() for state in report.states}

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110 -- of another thread
                await asyncio.sleep(0.02)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    serving = world.serving
    serving.load()
    serving.start(asyncio.get_running_loop())
    triggers = Triggers(serving)
    triggers.start()
    try:
        yield world
        await triggers.stop()
        assert world.reports.read() == []
    finally:
        await serving.stop()


async def test_an_enabled_job_runs_and_tells_how_it_stands(world: World) -> None:
    await world.until(lambda: world.runs.list(flow=NAME))
    (run,) = await asyncio.to_thread(lambda: world.runs.list(flow=NAME, limit=1))
    assert (run.outcome, run.project) == ("ok", "shop")
    await world.until(lambda: NAME in world.states() and world.states()[NAME].last)
    assert world.states()["shop/late.job"].next == 4_070_908_800


async def test_a_job_is_paused_and_goes_on(world: World) -> None:
    pauses = Pauses(world.database)
    await asyncio.to_thread(pauses.pause, NAME, "ann")
    await world.until(lambda: NAME in world.states() and world.states()[NAME].paused)
    await asyncio.to_thread(pauses.resume, NAME)
    await world.until(lambda: not world.states()[NAME].paused)


async def test_a_run_is_asked_for_with_parameters(world: World) -> None:
    def asked() -> None:
        with world.database.writing() as on:
            ask(on, Request("shop/late.job", {"day": "friday"}, "ann", 1.0))

    await world.until(lambda: world.states())
    await asyncio.to_thread(asked)
    await world.until(lambda: world.runs.list(flow="shop/late.job"))
