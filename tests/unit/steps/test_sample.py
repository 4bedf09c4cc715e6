import asyncio

import pytest

from airdock.testing import FlowClient
from tests.unit.flows import Flows, output
from tests.unit.steps.virtual import play


def test_it_takes_exactly_one_of_so_many_whoever_is_under_way(flows: Flows) -> None:
    steps = [{"type": "delay", "duration": "1s"}, output("taken")]
    flows.write("p/f.flow", {"steps": [{"type": "sample", "messageFrequency": 5, "steps": steps}]})

    async def scene(client: FlowClient) -> None:
        results = await asyncio.gather(*(client.get("p/f.flow") for _ in range(50)))
        assert [result.text for result in results].count("taken") == 10

    play(flows, scene)


def test_a_retry_inside_takes_no_sample(flows: Flows) -> None:
    steps = [{"type": "throw", "code": "a.b", "retry": {"attempts": 3, "delay": "1s"}}]
    flows.write("p/f.flow", {"steps": [{"type": "sample", "messageFrequency": 1, "steps": steps}]})

    async def scene(client: FlowClient) -> None:
        result = await client.get("p/f.flow")
        assert result.json()["code"] == "a.b"
        assert client.runs[0].failed_steps[-1] == "1"

    play(flows, scene)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"samplePeriod": "1s", "messageFrequency": 2}, "keep one of the two"),
        ({"samplePeriod": "0s"}, "give a time"),
        ({"messageFrequency": 0}, "1"),
    ],
)
def test_what_does_not_fit_together_is_told(flows: Flows, fields: dict[str, object], told: str) -> None:
    assert told in flows.problems([{"type": "sample", **fields}])[0]
