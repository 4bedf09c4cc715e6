"""The harness finds what goes wrong only when things happen in a certain order, and finds it again."""

import asyncio
from random import Random

import pytest

from airdock.stores.memory import MemoryStore
from tests.robustness.interleavings.shuffled import SEED, explore
from tests.robustness.interleavings.world import DONE, UnsteadyStore, World


async def lose_updates(random: Random) -> None:
    """Two that read and then write, which is right only if nothing happens in between."""
    store = UnsteadyStore(MemoryStore(), random, 0.0)

    async def add() -> None:
        entry = await store.get("s", "k", 0.0)
        await store.put("s", "k", bytes([1 if entry is None else entry.value[0] + 1]))

    await asyncio.gather(add(), add())
    assert (await store.get("s", "k", 0.0)).value == b"\x02"


async def find_race(random: Random) -> None:
    """Two tasks of which the one that was started first is expected to end first."""
    order: list[int] = []

    async def note(number: int) -> None:
        await asyncio.sleep(0)
        order.append(number)

    await asyncio.gather(note(1), note(2))
    assert order == [1, 2]


@pytest.mark.parametrize("scene", [lose_updates, find_race])
def test_a_race_is_found_and_its_seed_finds_it_again(scene: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.fail.Exception) as found:
        explore(scene, seeds=50)  # type: ignore[arg-type]
    seed = str(found.value).split()[1]
    assert f"{SEED}={seed} pytest" in str(found.value)
    monkeypatch.setenv(SEED, seed)
    with pytest.raises(pytest.fail.Exception, match=f"seed {seed} fails"):
        explore(scene, seeds=0)  # type: ignore[arg-type]


def test_the_same_seed_plays_the_same() -> None:
    played: list[object] = []

    async def scene(random: Random) -> None:
        world = World(random, [{"type": "delay", "duration": "1s"}, DONE], faults=0.1)
        for number in range(20):
            await world.pause(1.0)
            world.any_process().send(number)
            if random.random() < 0.2:
                await world.die()
        await world.end(10)
        played.append((world.done, asyncio.get_running_loop().time(), random.random()))

    explore(scene, seeds=20)
    explore(scene, seeds=20)
    assert played[:20] == played[20:]


def test_nothing_that_a_dead_process_does_is_seen() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [{"type": "delay", "duration": "1s"}, DONE])
        process = world.process()
        call = process.send("late")
        await asyncio.sleep(0.5)
        await process.die()
        assert call.cancelled()
        await world.end(10)
        assert (world.done, world.ended) == ([], [])

    explore(scene, seeds=5)
