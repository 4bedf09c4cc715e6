"""Whatever happens when: what was put aside is taken by one, whole."""

from collections import Counter
from random import Random

import pytest

from tests.robustness.interleavings.shuffled import explore
from tests.robustness.interleavings.world import World, effect

KEY = "${body.key}"
FLOW = {
    "type": "condition",
    "cases": [
        {
            "when": "body.put",
            "flow": {"steps": [{"type": "claimCheck", "operation": "set", "key": KEY, "filter": "body"}]},
        }
    ],
    "otherwise": {
        "steps": [
            {
                "type": "claimCheck",
                "operation": "getAndRemove",
                "key": KEY,
                "filter": "body",
                "whenMissing": "fail",
            },
            effect("taken"),
        ]
    },
}


@pytest.mark.slow
def test_one_of_several_takes_it() -> None:
    async def scene(random: Random) -> None:
        world = World(random, [FLOW])
        processes = [world.process() for _ in range(random.randint(1, 3))]
        for key in "ab":
            assert await random.choice(processes).send({"key": key, "put": True, "what": f"of {key}"}) is None
        takes = [random.choice(processes).send({"key": random.choice("ab"), "put": False}) for _ in range(8)]
        errors = [await take for take in takes]
        await world.end(1)
        taken = Counter(effect.body["what"] for effect in world.effects)
        assert set(taken.values()) == {1}
        assert sum(error is None for error in errors) == len(world.effects)
        assert {error.code for error in errors if error} <= {"claimCheck.missing"}

    explore(scene, seeds=400, seconds=6)
