"""Whatever happens when: no message of a group is lost, none is in two groups, and groups do not mix."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import DONE, Process, World

WORK = {"type": "delay", "duration": "${body[0].n % 2 = 0 ? '0ms' : '700ms'}"}
RECOVERY = 5.0


def aggregate(random: Random) -> dict[str, Any]:
    """The step with any of its completions."""
    fields: dict[str, Any] = {}
    while not fields:
        if random.random() < 0.7:
            fields["completionSize"] = random.randint(1, 4)
        if random.random() < 0.6:
            fields["completionTimeout"] = random.choice(["200ms", "2s"])
        if random.random() < 0.3:
            fields["completionInterval"] = "3s"
    if random.random() < 0.3:
        fields["completionPredicate"] = "$max(body.n) % 4 = 3"
    # What is left over when no message comes any more.
    fields.setdefault("completionTimeout", "20s")
    fields["maxPending"] = random.choice([1, 2, 100])
    if random.random() < 0.3:
        fields |= {"maxGroups": 1, "whenFull": "completeOldest"}
    return {
        "type": "aggregate",
        "correlation": "body.k",
        "recoveryInterval": f"{RECOVERY:g}s",
        "steps": [WORK, DONE],
        **fields,
    }


def bodies(random: Random) -> list[dict[str, Any]]:
    return [{"k": random.choice("ab"), "n": number} for number in range(random.randint(1, 16))]


async def sent(world: World, messages: list[dict[str, Any]], processes: list[Process]) -> list[int]:
    """Sends them at random times; the numbers of those that were acknowledged."""
    calls = []
    for body in messages:
        await world.pause(1.0)
        calls.append((body["n"], world.random.choice(processes).send(body)))
    await asyncio.wait([call for _, call in calls])
    return [number for number, call in calls if call.result() is None]


def check_groups(world: World) -> Counter[int]:
    """Groups do not mix; how often each message was in one."""
    for group in world.done:
        assert len({body["k"] for body in group}) == 1, group
    return Counter(body["n"] for group in world.done for body in group)


async def check_store(world: World) -> None:
    assert await world.store.groups("p/f.flow#1") == []
    assert await world.store.claim("p/f.flow#1", 10**10, 0.0) is None


@pytest.mark.slow
def test_each_message_is_in_one_group() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [aggregate(random)])
        messages = bodies(random)
        acknowledged = await sent(world, messages, [world.process() for _ in range(random.randint(1, 3))])
        await world.end(40)
        assert acknowledged == [body["n"] for body in messages]
        assert check_groups(world) == Counter(acknowledged)
        await check_store(world)

    explore(scene, seeds=800, seconds=6)


@pytest.mark.slow
def test_no_acknowledged_message_is_lost_when_processes_die() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [aggregate(random)])
        messages = bodies(random)
        calls = []
        for body in messages:
            await world.pause(1.0)
            calls.append((body["n"], world.any_process().send(body)))
            if random.random() < 0.15:
                await world.die()
            if random.random() < 0.3:
                world.process()
        await asyncio.sleep(random.uniform(0, 3))
        await world.die()
        await asyncio.gather(*(call for _, call in calls), return_exceptions=True)
        acknowledged = {number for number, call in calls if not call.cancelled() and call.result() is None}
        await world.end(150)
        times = check_groups(world)
        assert acknowledged <= set(times), (acknowledged, times)
        # A group whose process died may have been at work.
        deaths = sum(not process.alive for process in world.processes)
        assert all(count <= 1 + deaths for count in times.values()), times
        await check_store(world)

    explore(scene, seeds=800, seconds=6)


@pytest.mark.slow
def test_no_acknowledged_message_is_lost_when_the_store_fails_and_callers_go() -> None:
    async def scene(random: Random) -> None:
        step = aggregate(random) | {"maximumRedeliveries": 1000}
        world = World(random, [step], faults=0.05)
        messages = bodies(random)
        calls = []
        for body in messages:
            await world.pause(1.0)
            call = world.any_process().send(body)
            if random.random() < 0.2:
                asyncio.get_running_loop().call_later(random.uniform(0, 1), call.cancel)
            calls.append((body["n"], call))
        await asyncio.gather(*(call for _, call in calls), return_exceptions=True)
        acknowledged = {number for number, call in calls if not call.cancelled() and call.result() is None}
        await world.end(60)
        assert acknowledged <= set(check_groups(world))
        await check_store(world)

    explore(scene, seeds=800, seconds=6)
