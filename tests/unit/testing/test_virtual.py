import asyncio
import time

import pytest

from airdock.testing.virtual import START, StuckError, VirtualClock, run_virtually


def test_waiting_takes_no_time() -> None:
    async def main() -> tuple[float, float]:
        clock = VirtualClock()
        await clock.sleep(86400)
        async with asyncio.timeout(10):
            await asyncio.sleep(5)
        return clock.monotonic(), clock.now()

    started = time.monotonic()
    assert run_virtually(main) == (86405, START + 86405)
    assert time.monotonic() - started < 60


def test_what_is_due_first_comes_first() -> None:
    async def main() -> list[int]:
        seen = []

        async def note(number: int, seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append(number)

        await asyncio.gather(note(1, 3), note(2, 1), note(3, 2))
        return seen

    assert run_virtually(main) == [2, 3, 1]


def test_time_stands_still_while_a_thread_works() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        timer = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.to_thread(time.sleep, 0.01)
        now = loop.time()
        timer.cancel()
        return now

    assert run_virtually(main) == 0


def test_what_waits_for_ever_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.testing.virtual.PATIENCE", 0.01)

    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StuckError, match="never comes"):
        run_virtually(main)
