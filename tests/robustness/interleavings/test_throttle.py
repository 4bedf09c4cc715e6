"""Whatever happens when: no more pass than may, and all pass in the end."""

from random import Random

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import DONE, World, effect

MOST = 3


@pytest.mark.slow
def test_no_more_pass_within_any_period() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [{"type": "throttle", "maximumRequests": MOST, "timePeriod": "2s", "steps": [DONE]}])
        process = world.process()
        calls = []
        for number in range(20):
            await world.pause(1.0)
            calls.append(process.send(number))
            if random.random() < 0.1:
                calls.pop().cancel()
        assert [await call for call in calls] == [None] * len(calls)
        await world.end(1)
        passed = [effect.at for effect in world.effects]
        assert all(later - first >= 2 - 1e-6 for first, later in zip(passed, passed[MOST:], strict=False))

    explore(scene, seeds=500, seconds=6)


@pytest.mark.slow
@pytest.mark.parametrize("store", ["memory", "durable"])
def test_no_more_are_inside_at_once(store: str) -> None:
    inside = [effect("enter"), {"type": "delay", "duration": "${body % 2 = 0 ? '0ms' : '900ms'}"}, effect("leave")]
    step = {"type": "throttle", "mode": "concurrency", "maximumConcurrent": MOST, "store": store, "steps": inside}

    async def scene(random: Random) -> None:
        world = World(random, [step])
        processes = [world.process() for _ in range(1 if store == "memory" else random.randint(1, 3))]
        calls = []
        for number in range(16):
            await world.pause(0.4)
            calls.append(random.choice(processes).send(number))
        assert [await call for call in calls] == [None] * len(calls)
        await world.end(1)
        now = 0
        for each in world.effects:
            now += 1 if each.name == "enter" else -1
            assert now <= MOST
        assert len(world.effects) == 2 * len(calls)

    explore(scene, seeds=300, seconds=6)
