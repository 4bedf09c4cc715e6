"""A failed run goes on inside the patterns that share the message, and begins those anew that copy it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.agent.retries import Place, flaky, told
from tests.unit.flows import output


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def loop(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "loop", "steps": list(steps), **fields}


async def goes_on(place: Place, broken: str, *steps: Any) -> str:
    place.write({"p/f.flow": {"steps": list(steps)}})
    failed = await place.fail(broken)
    assert failed.retriable, failed.not_retriable
    return told((await place.retry(failed)).answer)[2]


COUNT = {"type": "set", "properties": {"n": "${$sum([properties.n, 1])}"}}
ROUND = output("${loop.index}/${loop.size}${loop.item}:${properties.n};")
FLAKY = flaky("r${loop.index}")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"count": 3}, "0/3:1;[r0]1/3:2;[r1]2/3:3;[r2]end"),
        ({"count": "${properties.n ? 99 : 3}"}, "0/3:1;[r0]1/3:2;[r1]2/3:3;[r2]end"),
        ({"while": "loop.index < 3"}, "0/:1;[r0]1/:2;[r1]2/:3;[r2]end"),
        ({"items": "properties.n ? [9] : ['a', 'b', 'c']"}, "0/3a:1;[r0]1/3b:2;[r1]2/3c:3;[r2]end"),
    ],
)
@pytest.mark.parametrize("broken", ["r0", "r1", "r2"])
async def test_a_loop_goes_on_in_its_round(place: Place, broken: str, fields: Any, expected: str) -> None:
    assert await goes_on(place, broken, loop(COUNT, ROUND, FLAKY, **fields), output("end${loop}")) == expected


@pytest.mark.parametrize("broken", ["r00", "r01", "r10", "r11"])
async def test_a_loop_inside_a_loop(place: Place, broken: str) -> None:
    inner = loop(flaky("r${loop.outer.index}${loop.index}"), count=2)
    expected = "<0[r00][r01]0><1[r10][r11]1>end"
    steps = [loop(output("<${loop.index}"), inner, output("${loop.index}>"), count=2), output("end${loop}")]
    assert await goes_on(place, broken, *steps) == expected


async def test_a_loop_in_a_flow_that_a_loop_calls(place: Place) -> None:
    place.write({"p/g.flow": {"steps": [loop(flaky("r${loop.outer.index}${loop.index}"), count=2)]}})
    steps = [loop({"type": "flow", "module": "/p/g.flow"}, output("|"), count=2)]
    assert await goes_on(place, "r10", *steps) == "[r00][r01]|[r10][r11]|"


async def test_a_loop_of_copies_begins_anew(place: Place) -> None:
    steps = [{"type": "set", "body": "A"}, loop(output("${loop.index}"), FLAKY, count=2, copy=True)]
    assert await goes_on(place, "r1", *steps) == "0[r0]1[r1]"


async def test_a_split_begins_anew(place: Place) -> None:
    steps = [{"type": "split", "expression": "[1, 2]", "steps": [output("${body}"), flaky("r${body}")]}]
    assert await goes_on(place, "r2", *steps) == "1[r1]2[r2]"


async def test_a_balanced_flow_goes_on(place: Place) -> None:
    chosen = {"properties": {"p": "x"}, "steps": [output("a"), flaky("b"), output("c")]}
    assert await goes_on(place, "b", {"type": "loadBalance", "flows": [chosen]}, output("d")) == "a[b]cd"


@pytest.mark.parametrize("strategy", ["failover", "topic"])
async def test_balancers_with_copies_begin_anew(place: Place, strategy: str) -> None:
    flow = {"steps": [output("a"), flaky("b")]}
    assert await goes_on(place, "b", {"type": "loadBalance", "strategy": strategy, "flows": [flow]}) == "a[b]"
