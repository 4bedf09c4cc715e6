"""What happens when the last run still goes on."""

import pytest

from tests.unit.triggers.cron.scene import Scene, play


@pytest.mark.parametrize(
    ("overlap", "runs", "most", "skipped"),
    [("skip", [10, 40], 1, 3), ("queue", [10, 35, 60], 1, 0), ("allow", [10, 20, 30, 40, 50, 60], 3, 0)],
)
def test_overlap(overlap: str, runs: list[float], most: int, skipped: int) -> None:
    async def main() -> None:
        scene = Scene()
        scene.lasts(25)
        scene.jobs.switch([scene.job(overlap=overlap)])
        await scene.until(61 if overlap != "skip" else 59)
        assert scene.runs == runs
        assert scene.most == most
        assert scene.state.skipped == skipped
        await scene.jobs.stop(100)

    play(main)


def test_what_waits_is_bounded() -> None:
    async def main() -> None:
        scene = Scene()
        scene.lasts(100_000)
        scene.jobs.switch(
            [scene.job("* * * * * ?", overlap="queue"), scene.job("* * * * * ?", "shop/b.job", overlap="allow")]
        )
        await scene.until(300.5)
        allowed, queued = scene.jobs.states()
        assert (queued.running, queued.queued) == (1, 100)
        assert allowed.running == 100
        assert queued.skipped + 101 == allowed.skipped + 100 == 300
        await scene.jobs.stop(1)

    play(main)
