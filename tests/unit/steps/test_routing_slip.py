from typing import Any

import pytest

from tests.unit.flows import Flows, output


def slip(expression: str, **fields: Any) -> dict[str, Any]:
    return {"type": "routingSlip", "expression": expression, **fields}


def write(flows: Flows, **more: Any) -> None:
    for name in "abc":
        step = {"type": "set", "body": "${body}" + name, "properties": {"seen": "${slip.count} ${slip.endpoint}"}}
        flows.write(f"p/{name}.flow", {"steps": [*more.get("before", ()), step]})


async def test_each_flow_goes_on_with_what_the_one_before_left(flows: Flows) -> None:
    write(flows)
    steps = [slip("body.to"), output("${body} ${properties.seen}")]
    result = await flows.run([{"type": "set", "body": {"to": "/p/a.flow,/p/c.flow"}}, *steps])
    assert result.text == '{"to":"/p/a.flow,/p/c.flow"}ac 2 /p/c.flow'


@pytest.mark.parametrize("before", [(), ({"type": "delay", "duration": "1ms"},)])
async def test_flows_that_wait_and_flows_that_do_not(flows: Flows, before: Any) -> None:
    write(flows, before=before)
    steps = [{"type": "set", "body": "."}, slip("['/p/a.flow', '/p/b.flow', '/p/c.flow']"), output("${body}${slip}")]
    assert (await flows.run(steps)).text == ".abc"


async def test_the_slip_is_computed_once(flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output("a"), {"type": "set", "body": {"to": []}}]})
    flows.write("p/b.flow", {"steps": [output("b")]})
    assert (await flows.run([slip("body.to")], method="POST", json={"to": ["/p/a.flow", "/p/b.flow"]})).text == "ab"


async def test_an_error_ends_it(flows: Flows) -> None:
    flows.write("p/fails.flow", {"steps": [{"type": "throw", "code": "a.b"}]})
    write(flows)
    catch = {"steps": [output("${error.code} ${properties.seen} ${$exists(slip)}")]}
    steps = [{"type": "try", "steps": [slip("'/p/a.flow,/p/fails.flow,/p/b.flow'")], "catch": [catch]}]
    assert (await flows.run(steps)).text == "a.b 1 /p/a.flow false"


async def test_stop_ends_the_run(flows: Flows) -> None:
    flows.write("p/ends.flow", {"steps": [output("in"), {"type": "stop"}]})
    assert (await flows.run([slip("'/p/ends.flow,/p/ends.flow'"), output("not here")])).text == "in"


async def test_a_slip_in_a_slip(flows: Flows) -> None:
    flows.write("p/outer.flow", {"steps": [slip("'/p/inner.flow'"), output("${slip.endpoint} ")]})
    flows.write("p/inner.flow", {"steps": [output("${slip.endpoint} ")]})
    assert (await flows.run([slip("'/p/outer.flow'")])).text == "/p/inner.flow /p/outer.flow "


async def test_nothing_to_do(flows: Flows) -> None:
    assert (await flows.run([slip("body.absent"), output()])).text == "done"


async def test_a_slip_that_leads_to_itself(flows: Flows) -> None:
    result = await flows.run([slip("'/p/f.flow'")])
    assert result.json()["code"] == "flow.depth"
