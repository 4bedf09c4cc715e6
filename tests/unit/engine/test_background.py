import asyncio

from airdock.engine.background import Background
from airdock.testing.virtual import run_virtually


def test_settle_waits_for_what_runs_and_for_what_that_starts() -> None:
    async def main() -> list[str]:
        background, seen = Background(), []

        async def second() -> None:
            await asyncio.sleep(1)
            seen.append("second")

        async def first() -> None:
            await asyncio.sleep(1)
            background.start(second())
            seen.append("first")

        background.start(first())
        assert background.running == 1
        await background.settle()
        assert background.running == 0
        return seen

    assert run_virtually(main) == ["first", "second"]


def test_duties_follow_what_is_wanted_and_begin_anew_when_they_fail() -> None:
    async def main() -> list[str]:
        background, seen = Background(), []

        async def failing() -> None:
            seen.append("failing")
            raise ValueError("no")

        async def lasting() -> None:
            try:
                await asyncio.sleep(3600)
            finally:
                seen.append("ended")

        background.keep([failing, lasting])
        await asyncio.sleep(1.5)
        background.keep([failing, lasting])
        background.keep([lasting])
        await asyncio.sleep(5)
        await background.stop()
        return seen

    assert run_virtually(main) == ["failing", "failing", "ended"]


def test_stop_cancels_what_still_runs() -> None:
    async def main() -> bool:
        background = Background()
        task = background.start(asyncio.sleep(3600))
        await asyncio.sleep(0)
        await background.stop()
        return task.cancelled()

    assert run_virtually(main)


def test_a_duty_that_fails_at_its_end_ends_all_the_same() -> None:
    async def main() -> list[str]:
        background, seen = Background(), []

        async def duty() -> None:
            seen.append("begun")
            try:
                await asyncio.sleep(3600)
            finally:
                raise ValueError("no")

        background.keep([duty])
        await asyncio.sleep(1)
        await background.stop()
        await asyncio.sleep(10)
        return seen

    assert run_virtually(main) == ["begun"]
