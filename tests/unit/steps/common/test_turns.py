import asyncio
import random

import pytest

from airdock.errors import FlowError
from airdock.steps.common.turns import Room, Turns
from airdock.testing.virtual import VirtualClock, run_virtually


def full() -> FlowError:
    return FlowError("throttle.full", "there is no room")


@pytest.mark.parametrize("seed", range(100))
def test_turns_are_taken_in_order_whoever_is_cut_off(seed: int) -> None:
    """Some wait for one of two places; some are cut off while they wait, or while they are in."""
    chance = random.Random(seed)
    inside: list[int] = []
    entered: list[int] = []
    most = 0

    async def main() -> None:
        nonlocal most
        clock = VirtualClock()
        turns = Turns(Room(1000, "reject", full), clock)

        async def one(number: int) -> None:
            nonlocal most

            async def attempt() -> float:
                if len(inside) >= 2:
                    return float("inf")
                inside.append(number)
                return 0.0

            await turns.pass_through(attempt)
            entered.append(number)
            most = max(most, len(inside))
            try:
                await clock.sleep(chance.choice([0, 0, 1, 3]))
            finally:
                inside.remove(number)
                turns.wake()

        tasks = []
        for number in range(30):
            tasks.append(asyncio.create_task(one(number)))
            await clock.sleep(chance.choice([0, 0, 0.5]))
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        async with asyncio.timeout(1000):
            await asyncio.gather(*tasks, return_exceptions=True)
        assert not turns.waiting

    run_virtually(main)
    assert inside == []
    assert most <= 2
    assert entered == sorted(entered)


def test_a_wake_up_that_comes_while_one_tries_is_not_lost() -> None:
    async def main() -> float:
        clock = VirtualClock()
        turns = Turns(Room(10, "reject", full), clock)
        tries = 0

        async def attempt() -> float:
            nonlocal tries
            tries += 1
            await clock.sleep(1)
            turns.wake()
            return 0.0 if tries > 1 else 60.0

        await turns.pass_through(attempt)
        return clock.monotonic()

    assert run_virtually(main) == 2.0
