"""Whatever happens when: the steps end well once for a key, and nothing is acknowledged before they have."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import DONE, Process, World

WORK = {"type": "delay", "duration": "${body.n % 2 = 0 ? '0ms' : '900ms'}"}
FAIL = {"type": "throw", "code": "a.b", "when": "body.fail"}
ONCE = {"type": "idempotent", "key": "body.key", "lease": "5s", "steps": [WORK, FAIL, DONE]}


async def acknowledged(world: World, process: Process, body: dict[str, Any]) -> bool:
    """Sends a message; whether it was acknowledged, and then the steps of its key have ended well."""
    error = await process.send(body)
    if error is None:
        assert body["key"] in [done["key"] for done in world.done]
    return error is None


def message(random: Random, number: int) -> dict[str, Any]:
    return {"key": random.choice("abc"), "n": number, "fail": random.random() < 0.3}


@pytest.mark.slow
def test_once_for_each_key_in_several_processes() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [ONCE])
        processes = [world.process() for _ in range(random.randint(1, 3))]
        messages = [message(random, number) for number in range(12)]
        calls = []
        for body in messages:
            await world.pause(1.0)
            calls.append(asyncio.create_task(acknowledged(world, random.choice(processes), body)))
        results = await asyncio.gather(*calls)
        await world.end(1)
        assert all(count == 1 for count in Counter(body["key"] for body in world.done).values())
        for body, result in zip(messages, results, strict=True):
            assert result or body["fail"]

    explore(scene, seeds=500, seconds=6)


@pytest.mark.slow
def test_a_key_that_a_dead_process_held_is_free_again() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [ONCE])
        calls = []
        for number in range(12):
            await world.pause(1.0)
            process = world.any_process()
            calls.append(asyncio.create_task(acknowledged(world, process, message(random, number))))
            if random.random() < 0.2:
                await world.die()
        await asyncio.gather(*calls, return_exceptions=True)
        deaths = world.deaths
        for key in "abc":
            last = {"key": key, "n": 0, "fail": False}
            assert await acknowledged(world, world.any_process(), last)
        await world.end(1)
        assert all(count <= 1 + deaths for count in Counter(body["key"] for body in world.done).values())

    explore(scene, seeds=500, seconds=6)
