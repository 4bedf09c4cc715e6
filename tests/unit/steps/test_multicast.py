import asyncio
from typing import Any

import pytest

from tests.unit.flows import Flows, output


def flow(*steps: Any, name: str = "") -> dict[str, Any]:
    return {"steps": list(steps), **({"name": name} if name else {})}


def multicast(*flows: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "multicast", "flows": list(flows), **fields}


def value(expression: str) -> dict[str, Any]:
    return {"type": "transform", "expression": expression}


def body() -> dict[str, Any]:
    return {"type": "output", "message": "${body}"}


async def test_flows_have_copies_and_do_not_see_each_other(flows: Flows) -> None:
    change = {"type": "set", "body": "changed", "properties": {"p": "changed"}, "headers": {"h": "changed"}}
    look = output("${body.n}${properties.p}${headers.h}")
    steps = [{"type": "set", "properties": {"p": "x"}}, multicast(flow(change), flow(look)), output("${properties.p}")]
    result = await flows.run(steps, method="POST", json={"n": 1}, headers={"h": "y"})
    assert result.text == "1xyx"


async def test_a_flow_by_its_path_and_one_in_place(flows: Flows) -> None:
    flows.write("p/price.flow", {"steps": [value("body * 2")]})
    steps = [multicast("/p/price.flow", flow(value("body + 1"), name="next"), aggregate="object"), body()]
    result = await flows.run(steps, method="POST", json=5)
    assert result.json() == {"price": 10, "next": 6}


async def test_the_result_may_be_a_property(flows: Flows) -> None:
    steps = [
        multicast(flow(value("1")), flow(value("2")), aggregate="list", result="both"),
        output("${properties.both}"),
    ]
    assert (await flows.run(steps)).json() == [1, 2]


async def test_the_content_type_goes_along_with_the_last_body(flows: Flows) -> None:
    marshal = {"type": "marshal", "format": "csv"}
    result = await flows.run([multicast(flow(marshal))], method="POST", json=[{"a": 1}])
    assert result.headers["content-type"].startswith("text/csv")


async def test_one_of_ten_fails(flows: Flows) -> None:
    fine = [flow(output(str(number)), name=f"f{number}") for number in range(9)]
    broken = flow(output("lost"), {"type": "throw", "code": "a.b"}, name="broken")
    catch = {"steps": [output("|${error.details.failed} of ${error.details.branches}: ${error.details.failures.name}")]}
    attempt = {"type": "try", "steps": [multicast(*fine[:4], broken, *fine[4:], parallel=True)], "catch": [catch]}
    assert (await flows.run([output("before"), attempt])).text == "before|1 of 10: broken"


async def test_stop_and_a_handler_end_the_branch_alone(flows: Flows) -> None:
    handler = {"on": ["a.b"], "steps": [output("handled;")]}
    steps = [
        multicast(flow({"type": "stop"}), flow({"type": "throw", "code": "a.b"}), flow(output("third;"))),
        output(),
    ]
    result = await flows.run(steps, flow={"onError": [handler]})
    assert result.text == "handled;third;done"


async def test_a_flow_that_calls_itself_in_many_branches_has_an_end(
    flows: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("airdock.branch", "airdock.engine.flow"):
        monkeypatch.setattr(f"{module}.MAX_CALLS", 10_000)
    for parallel in (False, True):
        flows.write("p/f.flow", {"steps": [multicast(*["/p/f.flow"] * 1, flow(output()), parallel=parallel)]})
        flows.write(
            "p/g.flow",
            {
                "steps": [
                    multicast(
                        flow({"type": "flow", "module": "/p/g.flow"}, name="a"),
                        flow({"type": "flow", "module": "/p/g.flow"}, name="b"),
                        parallel=parallel,
                    )
                ]
            },
        )
        client = flows.client()
        for name in ("f", "g"):
            assert (await client.get(f"p/{name}.flow")).json()["code"] == "flow.depth"


async def test_a_caller_that_goes_leaves_nothing_running(flows: Flows) -> None:
    wait = {"type": "delay", "duration": "1h"}
    flows.write("p/f.flow", {"steps": [multicast(*[flow(wait, name=f"f{n}") for n in range(5)], parallel=True)]})
    client = flows.client()
    before = asyncio.all_tasks()
    call = asyncio.ensure_future(client.get("p/f.flow"))
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(asyncio.all_tasks() - before) == 6
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert asyncio.all_tasks() == before


async def test_the_record_has_the_steps_of_all_branches_in_order(flows: Flows) -> None:
    wait = {"type": "delay", "duration": "1ms"}
    flows.write(
        "p/f.flow", {"steps": [multicast(flow(wait, name="slow"), flow(output(), name="quick"), parallel=True)]}
    )
    client = flows.client()
    result = await client.get("p/f.flow")
    assert result.run is not None
    assert result.run.steps == ["1", "1.slow.1", "1.quick.1"]


def test_problems_are_told(flows: Flows) -> None:
    assert (
        "two flows are named 'price'"
        in flows.problems([multicast(flow(output(), name="price"), flow(output(), name="price"))])[0]
    )
    assert "'lates' is none of latest, list, object, merge" in flows.problems([multicast(flow(), aggregate="lates")])[0]
    assert "there is no flow 'p/none.flow'" in flows.problems([multicast("/p/none.flow")])[0]
    assert "needs at least 1" in flows.problems([multicast()])[0] or flows.problems([multicast()])
