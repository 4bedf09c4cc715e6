import asyncio
from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.flows import Flows, output
from tests.unit.steps.virtual import play

BODY = output("${body}")
COUNT = """
polls = []

async def service(exchange):
    polls.append(exchange.body)
    if len(polls) >= exchange.properties.get("after", 3):
        exchange.body = {"poll": len(polls), "was": polls[-1]}
"""


def poll(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "pollEnrich", **({"flow": {"steps": list(steps)}} if steps else {}), **fields}


def third(flows: Flows) -> dict[str, Any]:
    flows.write("p/count.py", COUNT)
    return {"type": "python", "module": "/p/count.py"}


def run(flows: Flows, *steps: Any) -> tuple[str, float]:
    """The answer, and when it came in virtual time."""
    flows.write("p/f.flow", {"steps": list(steps)})

    async def scene(client: FlowClient) -> tuple[str, float]:
        result = await client.post("p/f.flow", json={"own": 1})
        return result.text, asyncio.get_running_loop().time()

    return play(flows, scene)


def test_it_polls_until_there_is_something(flows: Flows) -> None:
    text, at = run(flows, poll(third(flows), interval="2s"), BODY)
    assert (text, at) == ('{"poll":3,"was":null}', 4.0)


def test_nothing_in_time(flows: Flows) -> None:
    text, at = run(flows, poll({"type": "set", "body": None}, timeout="5s", interval="2s"), output("<${body}>"))
    assert (text, at) == ("<>", 5.0)


def test_a_poll_that_is_under_way_is_cut_off(flows: Flows) -> None:
    slow = {"type": "delay", "duration": "1h"}
    aggregate = "{'own': body.own, 'found': resource.body}"
    text, at = run(flows, poll(output("lost"), slow, timeout="5s", aggregate=aggregate), BODY)
    assert (text, at) == ('{"own":1,"found":null}', 5.0)


def test_once_and_no_waiting(flows: Flows) -> None:
    text, at = run(flows, poll(third(flows), timeout="0s", result="found"), output("${body.own}<${properties.found}>"))
    assert (text, at) == ("1<>", 0.0)


def test_once_is_as_long_as_the_poll_takes(flows: Flows) -> None:
    text, at = run(flows, poll({"type": "delay", "duration": "3s"}, {"type": "set", "body": 7}, timeout="0s"), BODY)
    assert (text, at) == ("7", 3.0)


def test_without_a_timeout_the_flow_has_one(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [poll({"type": "stop"})], "timeout": "1m"})

    async def scene(client: FlowClient) -> tuple[str, float]:
        result = await client.post("p/f.flow", json={"own": 1})
        return result.json()["code"], asyncio.get_running_loop().time()

    assert play(flows, scene) == ("flow.timeout", 60.0)


def test_an_error_ends_the_polling(flows: Flows) -> None:
    catch = {"steps": [output("${error.code}")]}
    text, _ = run(flows, {"type": "try", "steps": [poll({"type": "throw", "code": "a.b"})], "catch": [catch]})
    assert text == "a.b"


def test_an_error_that_aggregate_takes_upon_itself(flows: Flows) -> None:
    step = poll({"type": "throw", "code": "a.b"}, aggregate="resource.error.code", aggregateOnException=True)
    assert run(flows, step, BODY) == ("a.b", 0.0)


def test_what_polls_in_vain_wrote_is_dropped(flows: Flows) -> None:
    assert run(flows, poll(output("seen;"), third(flows)), BODY)[0] == 'seen;{"poll":3,"was":null}'


def test_the_record_of_many_polls_is_bounded(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [{"type": "set", "properties": {"after": 15_000}}, poll(third(flows))]})

    async def scene(client: FlowClient) -> int:
        result = await client.post("p/f.flow", json={})
        assert result.run is not None
        return len(result.run.exchange.trail or ())

    assert play(flows, scene) < 25_000


@pytest.mark.parametrize("interval", ["0s", "0.5ms"])
def test_an_interval_that_leaves_no_time(flows: Flows, interval: str) -> None:
    assert "1ms at least" in flows.problems([poll({"type": "stop"}, interval=interval)])[0]
