from time import perf_counter

import pytest

from tests.unit.flows import Flows, output


async def test_waits(flows: Flows) -> None:
    begin = perf_counter()
    assert (await flows.run([{"type": "delay", "duration": "30ms"}, output()])).text == "done"
    assert perf_counter() - begin >= 0.03


async def test_a_computed_duration(flows: Flows) -> None:
    step = {"type": "delay", "duration": "${request.query.d}"}
    assert (await flows.run([step, output()], query="d=1ms")).text == "done"


@pytest.mark.parametrize("duration", ["soon", "-1s", "900d", ""])
async def test_what_is_no_duration(flows: Flows, duration: str) -> None:
    result = await flows.run([{"type": "delay", "duration": "${request.query.d}"}], query=f"d={duration}")
    assert (result.status, result.json()["code"]) == (500, "step.value")


def test_is_checked_when_it_is_read(flows: Flows) -> None:
    assert "duration" in flows.problems([{"type": "delay", "duration": "5 parsecs"}])[0]


@pytest.mark.parametrize(
    ("value", "told"), [(True, "true"), (None, "null"), ({"s": 1}, '{"s":1}'), ("x" * 999, '"xxx')]
)
async def test_what_it_is_instead_is_told_as_its_author_knows_it(flows: Flows, value: object, told: str) -> None:
    result = await flows.run([{"type": "delay", "duration": "${body.d}"}], method="POST", json={"d": value})
    detail = result.json()["detail"]
    assert (result.status, len(detail) < 150) == (500, True)
    assert f"the duration is {told}" in detail
