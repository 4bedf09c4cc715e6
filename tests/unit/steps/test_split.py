from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.flows import Flows, output


def split(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "split", "steps": list(steps), **fields}


def value(expression: str) -> dict[str, Any]:
    return {"type": "transform", "expression": expression}


BODY = output("${body};")
LAST = output("|${body}")


async def test_each_item_has_its_place_and_the_body_stays(flows: Flows) -> None:
    place = output("${split.index}/${split.size}${split.last ? '!' : ','}")
    steps = [split(place, value("1"), expression="body.a"), output("${body.a[0]}${split}")]
    assert (await flows.run(steps, method="POST", json={"a": [7, 8]})).text == "0/2,1/2!7"


async def test_what_an_item_changes_no_other_sees(flows: Flows) -> None:
    look = output("${properties.p}${headers.h};")
    change = {"type": "set", "properties": {"p": "changed"}, "headers": {"h": "changed"}}
    steps = [{"type": "set", "properties": {"p": "x"}, "headers": {"h": "y"}}, split(look, change), look]
    assert (await flows.run(steps, method="POST", json=[1, 2])).text == "xy;xy;xy;"


async def test_an_item_that_a_script_changes_is_a_copy(flows: Flows) -> None:
    flows.write("p/x.py", "def service(exchange):\n    exchange.body['a'] = 2\n")
    steps = [split({"type": "python", "module": "/p/x.py"}), output("${body}")]
    assert (await flows.run(steps, method="POST", json=[{"a": 1}])).text == '[{"a":1}]'


async def test_nested_splits_have_a_place_each(flows: Flows) -> None:
    inner = split(output("${split.index}"), expression="body")
    steps = [split(output("<${split.index}:"), inner, output(":${split.index}>"))]
    assert (await flows.run(steps, method="POST", json=[[1, 2], [3]])).text == "<0:01:0><1:0:1>"


@pytest.mark.parametrize("parallel", [False, 3])
async def test_results_are_in_the_order_of_the_items(flows: Flows, parallel: Any) -> None:
    wait = {"type": "delay", "duration": "${10 - body * 3}ms", "when": "body != 2"}
    steps = [split(wait, value("body * 2"), aggregate="list", parallel=parallel), output("${body}")]
    assert (await flows.run(steps, method="POST", json=[1, 2, 3])).text == "[2,4,6]"


GENERATOR = """
closed = []
def service(exchange):
    def items():
        try:
            for number in range(3):
                yield {"n": number}
        finally:
            closed.append(True)
    exchange.body = items()
    exchange.properties["closed"] = closed

async def arriving(exchange):
    async def items():
        for number in range(3):
            yield {"n": number}
    exchange.body = items()
"""


@pytest.mark.parametrize("function", ["service", "arriving"])
async def test_an_iterator_is_split(flows: Flows, function: str) -> None:
    flows.write("p/x.py", GENERATOR)
    place = output("${body.n}/${split.size}${split.last};")
    steps = [{"type": "python", "module": "/p/x.py", "function": function}, split(place)]
    assert (await flows.run(steps)).text == "0/false;1/false;2/3true;"


async def test_an_iterator_is_closed_when_an_item_ends_the_split(flows: Flows) -> None:
    flows.write("p/x.py", GENERATOR)
    fail = split({"type": "throw", "code": "a.b"}, stopOnError=True)
    attempt = {"type": "try", "steps": [fail], "catch": [{"steps": [output("${properties.closed}")]}]}
    result = await flows.run([{"type": "python", "module": "/p/x.py"}, attempt])
    assert result.text == "[true]"


async def test_the_bound_of_what_is_kept(flows: Flows) -> None:
    flows.write("p/x.py", GENERATOR)
    iterator = {"type": "python", "module": "/p/x.py"}
    for first in (iterator, {"type": "set", "body": [1, 2, 3]}):
        kept = split(output("x"), aggregate="list", maxResults=2)
        result = await flows.run([first, kept])
        assert (result.status, result.json()["code"]) == (413, "split.full")
        assert (await flows.run([first, {**kept, "aggregate": "latest"}])).text == "xxx"
        assert (await flows.run([first, {**kept, "maxResults": 3}])).text == "xxx"


async def test_a_request_that_is_not_json_is_one_item(flows: Flows) -> None:
    assert (await flows.run([split(BODY)], method="POST", content=b"a,b")).text == "a,b;"


async def test_each_item_is_in_the_record_up_to_a_bound(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [split({"type": "set", "properties": {"a": "b"}}), output()]})
    client: FlowClient = flows.client()
    result = await client.post("p/f.flow", json=[0] * 30_000)
    assert result.run is not None
    assert result.run.steps[:3] == ["1", "1.1", "1.1"]
    assert len(result.run.steps) < 15_000
    assert result.run.steps[-1] == "2"


def test_items_have_no_names(flows: Flows) -> None:
    assert "items have no names" in flows.problems([split(aggregate="object")])[0]
