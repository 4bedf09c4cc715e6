"""Jobs of several processes on one database, in virtual time."""

import asyncio
import logging

import pytest

from airdock.testing.virtual import START
from airdock.triggers.cron import JobStore
from airdock.triggers.cron.requests import Request, ask
from tests.unit.triggers.cron.scene import NAME, FailingDatabase, Scene, play


def test_each_fire_is_run_once_by_all_processes(database: FailingDatabase) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database))
        processes = [scene.jobs, scene.process(JobStore(database)), scene.process(JobStore(database))]
        for jobs in processes:
            jobs.switch([scene.job("0/10 * * * * ?"), scene.job("0/15 * * * * ?", "shop/b.job", overlap="allow")])
        await scene.until(62)
        assert scene.runs == [10, 15, 20, 30, 30, 40, 45, 50, 60, 60]
        for jobs in processes:
            await jobs.stop(1)

    play(main)


def test_runs_of_a_job_do_not_overlap_between_processes(database: FailingDatabase) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database))
        other = scene.process(JobStore(database))
        scene.lasts(25)
        for jobs in (scene.jobs, other):
            jobs.switch([scene.job(), scene.job("0/10 * * * * ?", "shop/q.job", overlap="queue")])
        await scene.until(64)
        skipping = [run for run, exchange in zip(scene.runs, scene.exchanges, strict=True) if exchange.run.flow == NAME]
        queueing = [run for run, exchange in zip(scene.runs, scene.exchanges, strict=True) if exchange.run.flow != NAME]
        assert skipping == [10, 40]
        assert queueing == pytest.approx([10, 35.5, 61], abs=2)
        await asyncio.gather(scene.jobs.stop(100), other.stop(100))

    play(main)


@pytest.mark.parametrize(("misfire", "runs"), [("skip", 0), ("once", 1), ("all", 6)])
def test_what_was_missed_while_no_process_ran_is_known_by_the_next(
    database: FailingDatabase, misfire: str, runs: int
) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database))
        activity = scene.job("0 0/10 * * * ?", misfire=misfire, overlap="allow")
        scene.jobs.switch([activity])
        await scene.until(601)
        await scene.jobs.stop(1)
        await scene.until(4300)
        later = [scene.process(JobStore(database)), scene.process(JobStore(database))]
        for jobs in later:
            jobs.switch([activity])
        await scene.until(4310)
        assert scene.runs == pytest.approx([600] + [4300] * runs, abs=1)
        await scene.until(4810)
        assert scene.runs[-1] == 4800
        for jobs in later:
            await jobs.stop(1)

    play(main)


def test_what_waited_when_a_process_ends_is_run_by_the_next(database: FailingDatabase) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database))
        activity = scene.job("0 0/10 * * * ?", overlap="queue")
        scene.lasts(900)
        scene.jobs.switch([activity])
        await scene.until(1201)
        with database.writing() as on:
            ask(on, Request(NAME, {"n": 1}, "ann", START + 1201))
        scene.jobs.look()
        await scene.until(1202)
        assert scene.state.queued == 2
        await scene.jobs.stop(1)
        scene.lasts(1)
        later = scene.process(JobStore(database))
        later.switch([activity])
        await scene.until(1300)
        assert len(scene.runs) == 3
        assert {exchange.properties["job"]["requestedBy"] for exchange in scene.exchanges[1:]} == {None, "ann"}
        await later.stop(1)

    play(main)


def test_runs_that_are_asked_for_begin_with_their_parameters(database: FailingDatabase) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database))
        scene.lasts(5)
        scene.jobs.hold([NAME])
        scene.jobs.switch([scene.job()])
        await scene.until(1)
        with database.writing() as on:
            ask(on, Request(NAME, {"day": 3}, "ann", START + 1))
            ask(on, Request(NAME, {"day": 4}, "bob", START + 1))
            ask(on, Request("shop/none.job", {}, "bob", START + 1))
        scene.jobs.look()
        await scene.until(20)
        assert scene.runs == pytest.approx([1, 6], abs=0.5)
        assert [exchange.properties["day"] for exchange in scene.exchanges] == [3, 4]
        job = scene.exchanges[0].properties["job"]
        assert (job["requestedBy"], job["parameters"]) == ("ann", {"day": 3})
        await scene.jobs.stop(1)

    play(main)


def test_a_database_that_is_away_keeps_one_node_from_nothing(
    database: FailingDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        scene = Scene(JobStore(database, alone=True))
        scene.jobs.switch([scene.job()])
        await scene.until(11)
        database.away = True
        await scene.until(41)
        database.away = False
        await scene.until(61)
        assert scene.runs == [10, 20, 30, 40, 50, 60]
        await scene.jobs.stop(1)

    caplog.set_level(logging.INFO, "airdock.jobs")
    play(main)
    told = [record.message.partition(":")[0] for record in caplog.records]
    assert told == [
        "the database is away, and jobs fire on this node without it",
        "the database is back, and jobs are claimed in it again",
    ]


def test_where_other_nodes_may_have_the_job_it_waits_for_the_database(database: FailingDatabase) -> None:
    async def main() -> None:
        store = JobStore(database)
        store.alone = False
        database.away = True
        scene = Scene(store)
        scene.jobs.switch([scene.job()])
        await scene.until(25)
        assert scene.runs == []
        database.away = False
        await scene.until(41)
        assert scene.runs == pytest.approx([30, 40], abs=1)
        database.away = True
        await scene.until(75)
        database.away = False
        await scene.until(91)
        assert scene.runs == pytest.approx([30, 40, 75, 80, 90], abs=2)
        assert scene.state.misfires == 2
        await scene.jobs.stop(1)

    play(main)
