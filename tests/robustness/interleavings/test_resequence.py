"""Whatever happens when: no message is lost, and they are delivered in order, one at a time."""

import asyncio
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import DONE, World

WORK = {"type": "delay", "duration": "${body % 3 = 0 ? '300ms' : '0ms'}"}


def resequence(random: Random, **fields: Any) -> dict[str, Any]:
    return {"type": "resequence", "expression": "body", "steps": [WORK, DONE], **fields}


def either(random: Random) -> dict[str, Any]:
    """A stream that waits for all messages, or one large batch: everything is in order then."""
    if random.random() < 0.5:
        return resequence(random, mode="stream", gapTimeout="60s", capacity=random.choice([20, 1000]))
    return resequence(random, batchSize=100, batchTimeout="60s", allowDuplicates=True)


def mixed(random: Random) -> list[int]:
    numbers = list(range(random.randint(1, 14)))
    random.shuffle(numbers)
    return numbers


@pytest.mark.slow
def test_all_are_delivered_once_and_in_order_by_several_processes() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [either(random)])
        processes = [world.process() for _ in range(random.randint(1, 3))]
        numbers = mixed(random)
        calls = []
        for number in numbers:
            await world.pause(1.0)
            calls.append(random.choice(processes).send(number))
        assert [await call for call in calls] == [None] * len(numbers)
        await world.end(100)
        assert world.done == sorted(numbers)

    explore(scene, seeds=500, seconds=6)


@pytest.mark.slow
def test_those_that_were_acknowledged_are_delivered_in_order_when_processes_die() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [either(random)])
        calls = []
        for number in mixed(random):
            await world.pause(1.0)
            calls.append((number, world.any_process().send(number)))
            if random.random() < 0.15:
                await world.die()
            if random.random() < 0.3:
                world.process()
        await asyncio.sleep(random.uniform(50, 65))
        await world.die()
        await asyncio.gather(*(call for _, call in calls), return_exceptions=True)
        acknowledged = {number for number, call in calls if not call.cancelled() and call.result() is None}
        await world.end(200)
        assert acknowledged <= set(world.done)
        # One that was at work when its process died may be seen twice, and those that were not acknowledged at all.
        assert all(before <= after for before, after in pairwise(world.done)), world.done

    explore(scene, seeds=500, seconds=6)


@pytest.mark.slow
def test_none_is_lost_when_the_store_fails() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [either(random) | {"maximumRedeliveries": 1000}], faults=0.03)
        calls = []
        for number in mixed(random):
            await world.pause(1.0)
            calls.append((number, world.any_process().send(number)))
        await asyncio.gather(*(call for _, call in calls))
        await asyncio.sleep(random.uniform(50, 65))
        await world.end(200)
        assert {number for number, call in calls if call.result() is None} <= set(world.done)

    explore(scene, seeds=500, seconds=6)


@pytest.mark.slow
def test_each_batch_is_in_order_and_nothing_is_lost() -> None:
    async def scene(random: Random) -> None:
        size = random.randint(1, 4)
        world = World(random, [resequence(random, batchSize=size, batchTimeout="2s", capacity=random.choice([4, 100]))])
        processes = [world.process() for _ in range(random.randint(1, 3))]
        numbers = mixed(random)
        calls = []
        for number in numbers:
            await world.pause(3.0)
            calls.append(random.choice(processes).send(number))
        assert [await call for call in calls] == [None] * len(numbers)
        await world.end(60)
        assert sorted(world.done) == sorted(numbers)

    explore(scene, seeds=500, seconds=6)
