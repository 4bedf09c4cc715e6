"""Whatever happens when: what fails is left alone while the breaker is open, and few try it afterwards."""

from random import Random

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import World, effect

WAIT, PERMITTED = 5.0, 2
BREAKER = {
    "type": "circuitBreaker",
    "slidingWindowSize": 4,
    "minimumNumberOfCalls": 4,
    "waitDurationInOpenState": f"{WAIT:g}s",
    "permittedNumberOfCallsInHalfOpenState": PERMITTED,
    "steps": [
        effect("try"),
        {"type": "delay", "duration": "${body % 2 = 0 ? '0ms' : '700ms'}"},
        {"type": "throw", "code": "a.b"},
    ],
}


@pytest.mark.slow
def test_while_it_is_open_nothing_is_tried() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [BREAKER])
        process = world.process()
        calls = []
        for number in range(60):
            await world.pause(1.0)
            calls.append(process.send(number))
            if random.random() < 0.1:
                calls.pop().cancel()
        errors = [await call for call in calls]
        assert {error.code for error in errors if error} <= {"a.b", "circuitBreaker.open"}
        assert None not in errors
        opened = [number for number, error in zip(range(60), errors, strict=False) if error.code != "a.b"]  # type: ignore[union-attr]
        await world.end(1)
        tries = [effect.at for effect in world.effects]
        # The first four fail and open it, with those that were under way then; then each wait lets two through.
        assert opened
        settled = [at for at in tries if at > tries[3] + 0.7]
        assert all(later - first >= WAIT - 1e-6 for first, later in zip(settled, settled[PERMITTED:], strict=False)), (
            tries
        )

    explore(scene, seeds=500, seconds=6)
