import asyncio
from typing import Any

import pytest

from tests.unit.flows import Flows, output


def router(expression: str, **fields: Any) -> dict[str, Any]:
    return {"type": "dynamicRouter", "expression": expression, **fields}


def write(flows: Flows, *before: Any) -> None:
    for name in "ab":
        flows.write(f"p/{name}.flow", {"steps": [*before, {"type": "set", "body": "${body}" + name}]})


START = {"type": "set", "body": "."}
BY_THE_LAST = "slip.count = 0 ? '/p/a.flow' : slip.endpoint = '/p/a.flow' ? '/p/b.flow' : ''"


@pytest.mark.parametrize("before", [(), ({"type": "delay", "duration": "1ms"},)])
async def test_it_is_asked_after_each_flow(flows: Flows, before: Any) -> None:
    write(flows, *before)
    assert (await flows.run([START, router(BY_THE_LAST), output("${body} ${$exists(slip)}")])).text == ".ab false"


async def test_by_what_the_flows_leave(flows: Flows) -> None:
    write(flows)
    steps = [START, router("$length(body) < 5 ? '/p/a.flow' : null"), output("${body}")]
    assert (await flows.run(steps)).text == ".aaaa"


async def test_several_at_once(flows: Flows) -> None:
    write(flows)
    steps = [START, router("slip.count < 4 ? '/p/a.flow, /p/b.flow'"), output("${body}")]
    assert (await flows.run(steps)).text == ".abab"


async def test_one_that_does_not_end_is_ended(flows: Flows) -> None:
    write(flows)
    catch = {"steps": [output("${error.code} ${body}")]}
    steps = [START, {"type": "try", "steps": [router("'/p/a.flow'", maxRounds=3)], "catch": [catch]}]
    assert (await flows.run(steps)).text == "dynamicRouter.rounds .aaa"


async def test_so_many_rounds_are_no_error(flows: Flows) -> None:
    write(flows)
    steps = [START, router("slip.count < 3 ? '/p/a.flow'", maxRounds=3), output("${body}")]
    assert (await flows.run(steps)).text == ".aaa"


async def test_what_is_passed_over_counts(flows: Flows) -> None:
    result = await flows.run([router("'/p/absent.flow'", ignoreInvalidEndpoints=True)])
    assert result.json()["code"] == "dynamicRouter.rounds"


async def test_one_that_never_waits_lets_others_run_and_can_be_cut_off(flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": []})
    flows.write("p/f.flow", {"steps": [router("'/p/a.flow'", maxRounds=100_000, timeout="50ms")]})
    flows.write("p/g.flow", {"steps": [output("beside")]})
    client = flows.client()
    long = asyncio.create_task(client.get("p/f.flow"))
    await asyncio.sleep(0)
    assert (await client.get("p/g.flow")).text == "beside"
    assert (await long).json()["code"] == "step.timeout"


async def test_the_trail_of_many_rounds_is_bounded(flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "set", "properties": {"n": 1}}] * 5})
    result = await flows.run([router("slip.count < 5000 ? '/p/a.flow'", maxRounds=5000)])
    assert result.run is not None
    assert len(result.run.exchange.trail or ()) < 25_000


async def test_an_outer_slip_is_not_its_own(flows: Flows) -> None:
    write(flows)
    flows.write("p/outer.flow", {"steps": [router(BY_THE_LAST), output("${body} ${slip.endpoint}")]})
    steps = [START, {"type": "routingSlip", "expression": "'/p/outer.flow'"}]
    assert (await flows.run(steps)).text == ".ab /p/outer.flow"
