import asyncio
from typing import Any

import pytest

from tests.unit.flows import Flows, output


def loop(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "loop", "steps": list(steps), **fields}


INDEX = output("${loop.index}")


async def test_so_many_rounds(flows: Flows) -> None:
    assert (await flows.run([loop(output("${loop.index}/${loop.size};"), count=3)])).text == "0/3;1/3;2/3;"
    assert (await flows.run([loop(INDEX, count="${request.query.n}")], query="n=2")).text == "01"
    assert (await flows.run([loop(INDEX, count=0), output()])).text == "done"


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "", "NaN", "1e400"])
async def test_no_number_of_rounds(flows: Flows, number: str) -> None:
    result = await flows.run([loop(INDEX, count="${request.query.n}")], query=f"n={number}")
    assert result.json()["code"] == "loop.count"


async def test_while_something_is_true(flows: Flows) -> None:
    less = {"type": "transform", "expression": "{'left': body.left - 1}"}
    steps = [loop(less, INDEX, **{"while": "body.left > 0"}), output(":${body.left}${loop}")]
    assert (await flows.run(steps, method="POST", json={"left": 3})).text == "012:0"


async def test_rounds_have_a_bound(flows: Flows) -> None:
    endless = loop({"type": "remove", "properties": ["x"]}, **{"while": "true"}, maxRounds=500)
    assert (await flows.run([endless])).json()["code"] == "loop.tooMany"
    many = loop(output("never"), count="${request.query.n}")
    for number in ("1000000000000", "1e308"):
        told = (await flows.run([many], query=f"n={number}")).json()
        assert (told["code"], number in told["detail"]) == ("loop.tooMany", True)


async def test_a_round_for_each_item(flows: Flows) -> None:
    step = loop(output("${loop.index}${loop.item.a}/${loop.size};"), items="body.list")
    assert (await flows.run([step], method="POST", json={"list": [{"a": 1}, {"a": 2}]})).text == "01/2;12/2;"
    assert (await flows.run([step], method="POST", json={"list": {"a": 1}})).text == "01/1;"
    assert (await flows.run([step, output()], method="POST", json={})).text == "done"


async def test_a_change_of_the_list_does_not_change_the_rounds(flows: Flows) -> None:
    step = loop({"type": "set", "body": []}, output("${loop.item}"), items="body")
    assert (await flows.run([step], method="POST", json=[1, 2])).text == "12"


GENERATOR = """
def service(exchange):
    exchange.body = iter("ab")

async def arriving(exchange):
    async def items():
        for item in "ab":
            yield item
    exchange.body = items()
"""


@pytest.mark.parametrize("function", ["service", "arriving"])
async def test_items_may_come_one_by_one(flows: Flows, function: str) -> None:
    flows.write("p/x.py", GENERATOR)
    items = {"type": "python", "module": "/p/x.py", "function": function}
    steps = [items, loop(output("${loop.index}${loop.item};"), items="body"), {"type": "set", "body": ""}]
    assert (await flows.run(steps)).text == "0a;1b;"


async def test_rounds_share_the_message_or_have_copies(flows: Flows) -> None:
    more = {"type": "set", "body": "${body}B", "properties": {"p": "${properties.p}P"}}
    look = output("${body}${properties.p};")
    for copy, expected in ((False, "ABP;ABBPP;ABBPP;"), (True, "ABP;ABP;ABP;")):
        steps = [{"type": "set", "body": "A"}, loop(more, look, count=2, copy=copy), look]
        assert (await flows.run(steps)).text == expected


async def test_a_copy_that_fails_leaves_the_message(flows: Flows) -> None:
    change = {"type": "set", "body": "changed"}
    fail = {"type": "throw", "code": "a.b", "when": "loop.index = 1"}
    attempt = {
        "type": "try",
        "steps": [loop(change, fail, count=2, copy=True)],
        "catch": [{"steps": [output("${body}")]}],
    }
    assert (await flows.run([{"type": "set", "body": "A"}, attempt])).text == "A"


async def test_stop_ends_the_flow_from_a_copy_too(flows: Flows) -> None:
    stop = {"type": "stop", "when": "loop.index = 1"}
    for copy in (False, True):
        assert (await flows.run([loop(INDEX, stop, count=9, copy=copy), output("never")])).text == "01"


async def test_loops_inside_loops(flows: Flows) -> None:
    inner = loop(output("${loop.outer.index}${loop.index};"), count=2)
    steps = [loop(inner, output("|${loop.index};"), count=2), output("${loop}")]
    assert (await flows.run(steps)).text == "00;01;|0;10;11;|1;"


async def test_an_error_ends_it_and_its_scope(flows: Flows) -> None:
    fail = loop(INDEX, {"type": "throw", "code": "a.b", "when": "loop.index = 1"}, count=5)
    attempt = {"type": "try", "steps": [fail], "catch": [{"steps": [output("caught${loop}")]}]}
    assert (await flows.run([attempt])).text == "01caught"


async def test_the_record_of_many_rounds_has_an_end(flows: Flows) -> None:
    result = await flows.run([loop({"type": "set", "properties": {"a": "b"}}, count=30_000), output()])
    assert result.run is not None
    assert len(result.run.steps) < 15_000
    assert result.run.steps[-1] == "2"


async def test_a_caller_that_goes_ends_it(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [loop({"type": "delay", "duration": "1h"}, count=5)]})
    client = flows.client()
    call = asyncio.ensure_future(client.get("p/f.flow"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def test_problems_are_told(flows: Flows) -> None:
    assert "one of the three" in flows.problems([loop(INDEX)])[0]
    assert "one of the three" in flows.problems([loop(INDEX, count=1, items="body")])[0]
    assert "more rounds than `maxRounds`" in flows.problems([loop(INDEX, count=11, maxRounds=10)])[0]
    assert "at least 0" in flows.problems([loop(INDEX, count=-1)])[0]
