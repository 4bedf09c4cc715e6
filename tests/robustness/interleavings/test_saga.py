"""Whatever happens when: all of a saga is done, or all that was done is undone, the last of it first."""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import World, effect


def action(number: int) -> dict[str, Any]:
    return {
        "name": f"a{number}",
        "options": {"n": "${body.n}"},
        "steps": [
            {"type": "delay", "duration": "${body.n % 2 = 0 ? '0ms' : '600ms'}"},
            {"type": "throw", "code": "a.b", "when": f"body.fail = {number}"},
            effect(f"do{number}"),
        ],
        "compensation": [effect(f"undo{number}")],
    }


SAGA = {"type": "saga", "actions": [action(number) for number in range(3)], "completion": [effect("complete")]}


def check(world: World, number: int, acknowledged: bool) -> None:
    names = [each.name for each in world.effects if (each.body or {}).get("n", each.properties.get("n")) == number]
    done = [name for name in names if name.startswith("do")]
    undone = list(dict.fromkeys(name for name in names if name.startswith("undo")))
    if "complete" in names:
        assert (done, undone) == (["do0", "do1", "do2"], []), names
        return
    assert not acknowledged, names
    for name in done:
        assert f"un{name}" in names[names.index(name) :], names
    assert undone == sorted(undone, reverse=True), names


@pytest.mark.slow
@pytest.mark.parametrize("deaths", [0.0, 0.3])
def test_all_or_nothing(deaths: float) -> None:
    async def scene(random: Random) -> None:
        world = World(random, [SAGA])
        calls = []
        for number in range(6):
            await world.pause(1.0)
            body = {"n": number, "fail": random.choice([0, 1, 2, 9, 9])}
            call = world.any_process().send(body)
            calls.append(call)
            if random.random() < 0.2:
                asyncio.get_running_loop().call_later(random.uniform(0, 2), call.cancel)
            if random.random() < deaths:
                await world.die()
            if random.random() < 0.3:
                world.process()
        await asyncio.gather(*calls, return_exceptions=True)
        await world.end(200)
        for number, call in enumerate(calls):
            check(world, number, not call.cancelled() and call.result() is None)

    explore(scene, seeds=400, seconds=6)
