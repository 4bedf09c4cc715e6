import asyncio

import pytest

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.testing.virtual import START
from tests.unit.triggers.cron.scene import NAME, Scene, play


def test_a_job_runs_at_its_times() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("5/20 * * * * ?")])
        await scene.until(50)
        assert scene.runs == [5, 25, 45]
        assert (scene.state.name, scene.state.next, scene.state.last) == (NAME, START + 65, START + 45)
        await scene.jobs.stop(1)
        await scene.until(200)
        assert scene.runs == [5, 25, 45]

    play(main)


def test_a_run_knows_what_it_is_for() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("0 0 * * * ?")])
        await scene.until(3601)
        (exchange,) = scene.exchanges
        assert exchange.properties["job"] == {
            "name": NAME,
            "scheduled": "2026-01-01T01:00:00.000Z",
            "fired": "2026-01-01T01:00:00.000Z",
            "requestedBy": None,
            "parameters": {},
        }
        assert exchange.run.flow == NAME
        await scene.jobs.stop(1)

    play(main)


def test_a_publication_keeps_the_schedule_of_a_job_that_is_the_same() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("0 0/10 * * * ?", jitter=60.0)])
        await scene.until(30)
        before = scene.state.next
        activity = scene.job("0 0/10 * * * ?", jitter=60.0)
        scene.jobs.switch([activity, scene.job(name="shop/other.job", expression="0 0 0 * * ?")])
        assert scene.jobs.states()[0].next == before
        await scene.until(700)
        assert len(scene.runs) == 1
        scene.jobs.switch([scene.job("0 0/20 * * * ?")])
        await scene.until(1300)
        assert scene.runs[1:] == [1200]
        scene.jobs.switch([])
        await scene.until(5000)
        assert len(scene.runs) == 2
        assert scene.jobs.states() == []
        await scene.jobs.stop(1)

    play(main)


def test_jitter_puts_off_a_start_by_less_than_it_says() -> None:
    async def main() -> None:
        scene = Scene()
        names = [f"shop/{number}.job" for number in range(50)]
        scene.jobs.switch([scene.job("0 0 * * * ?", name, jitter=30.0) for name in names])
        await scene.until(3700)
        assert len(scene.runs) == 50
        assert all(3600 <= run < 3630 for run in scene.runs)
        assert len(set(scene.runs)) > 40
        await scene.jobs.stop(1)

    play(main)


def test_a_paused_job_does_not_run_and_makes_up_for_nothing() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.hold([NAME])
        scene.jobs.switch([scene.job(misfire="all")])
        await scene.until(35)
        assert scene.runs == []
        assert scene.state.paused
        assert scene.state.next is None
        scene.jobs.hold([])
        await scene.until(45)
        assert scene.runs == [40]
        assert scene.state.misfires == 0
        await scene.jobs.stop(1)

    play(main)


@pytest.mark.parametrize(
    ("misfire", "runs", "missed"),
    [("skip", [65, 70, 75], 12), ("once", [65, 70, 75], 12), ("all", [65] * 13 + [70, 75], 0)],
)
def test_what_the_clock_jumped_over_is_missed(misfire: str, runs: list[float], missed: int) -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("0/5 * * * * ?", misfire=misfire, overlap="queue")])
        await scene.until(1)
        scene.clock.jumped = 60
        await scene.until(16.5)
        assert (scene.runs, scene.state.misfires) == (runs, missed)
        await scene.jobs.stop(1)

    play(main)


def test_a_start_that_is_late_is_missed() -> None:
    async def main() -> None:
        scene = Scene()
        jobs = [scene.job("0 1 0 * * ?", f"shop/{misfire}.job", misfire=misfire) for misfire in ("skip", "once")]
        scene.jobs.switch(jobs)
        await scene.until(1)
        scene.clock.jumped = 3600
        await scene.until(70)
        assert len(scene.runs) == 1
        assert [state.misfires for state in scene.jobs.states()] == [0, 1]
        await scene.jobs.stop(1)

    play(main)


def test_a_clock_that_is_set_back_runs_at_its_new_times() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("0 0 * * * ?")])
        await scene.until(1)
        scene.clock.jumped = 86400 * 300
        await scene.until(3700)
        assert len(scene.runs) >= 1
        scene.clock.jumped = 0
        await scene.until(7201)
        assert scene.runs[-1] == 7200
        await scene.jobs.stop(1)

    play(main)


def test_a_job_whose_years_are_over_has_no_next_fire() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job("0 0 0 1 1 ? 2020")])
        await scene.until(100)
        assert scene.state.next is None
        await scene.jobs.stop(1)

    play(main)


def test_a_run_that_fails_stops_nothing() -> None:
    async def main() -> None:
        scene = Scene()

        def works(exchange: Exchange) -> None:
            raise FlowError("shop.empty", "no") if len(scene.runs) == 1 else ValueError("a fault")

        scene.works = works
        scene.jobs.switch([scene.job()])
        await scene.until(35)
        assert scene.runs == [10, 20, 30]
        await scene.jobs.stop(1)

    play(main)


def test_stopping_waits_for_runs_and_cuts_off_those_that_go_on() -> None:
    async def main() -> None:
        scene = Scene()
        scene.lasts(3)
        scene.jobs.switch([scene.job()])
        await scene.until(11)
        await scene.jobs.stop(5)
        assert scene.clock.monotonic() == pytest.approx(13)
        scene = Scene()
        scene.lasts(1000)
        scene.jobs.switch([scene.job()])
        await asyncio.sleep(12)
        before = scene.clock.monotonic()
        await scene.jobs.stop(5)
        assert scene.clock.monotonic() - before == pytest.approx(5)
        assert scene.going == 0

    play(main)


def test_many_schedules_have_one_timer() -> None:
    async def main() -> None:
        scene = Scene()
        scene.jobs.switch([scene.job(f"{n % 60} 0/5 * * * ?", f"shop/{n}.job") for n in range(2400)])
        await scene.until(299.5)
        # Those of second 0 are due later.
        assert len(scene.runs) == 2400 - 40
        await scene.jobs.stop(1)

    play(main)
