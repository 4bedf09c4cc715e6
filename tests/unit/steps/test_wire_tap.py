import asyncio
from typing import Any

from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.flows import Flows, output


def tap(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "wireTap", "flow": {"steps": list(steps)}, **fields}


async def test_the_copy_has_a_run_of_its_own(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [tap({"type": "throw", "code": "a.b"}), output()]})
    client = flows.client()
    result = await client.call("GET", "p/f.flow")
    await client.settle()
    assert result.text == "done"
    main, beside = client.runs
    assert result.run is main
    assert beside.exchange.run.parent == main.exchange.run.id
    assert (beside.exchange.run.step, beside.exchange.run.flow) == ("1", "p/f.flow")
    assert beside.error is not None
    assert beside.error.code == "a.b"


async def test_the_flows_own_handler_takes_an_error_beside(flows: Flows) -> None:
    handler = {"on": ["a.b"], "steps": [{"type": "remove", "properties": ["x"]}]}
    flows.write("p/f.flow", {"steps": [tap({"type": "throw", "code": "a.b"}), output()], "onError": [handler]})
    client = flows.client()
    await client.call("GET", "p/f.flow")
    await client.settle()
    assert [run.error for run in client.runs] == [None, None]


async def test_another_flow_by_its_path(flows: Flows) -> None:
    flows.write("p/audit.flow", {"steps": [output("${body.n}")]})
    flows.write("p/f.flow", {"steps": [{"type": "wireTap", "module": "/p/audit.flow"}]})
    client = flows.client()
    await client.call("POST", "p/f.flow", json={"n": 5})
    await client.settle()
    assert client.runs[1].exchange.response.parts == ["5"]


async def test_what_waits_for_room_gets_it(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [tap({"type": "delay", "duration": "10ms"}, output()), output()]})
    client = flows.client()
    results = await asyncio.gather(*(client.call("GET", "p/f.flow") for _ in range(5)))
    await client.settle()
    assert [result.text for result in results] == ["done"] * 5
    assert len(client.runs) == 10


def test_room_that_one_leaves_goes_to_the_next(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [tap({"type": "delay", "duration": "0ms"}, maxPending=1), output()]})

    async def cut_off(behind: int) -> list[bool]:
        client = FlowClient(flows.folder, runtime=Runtime(clock=VirtualClock()))
        calls = [asyncio.create_task(client.get("p/f.flow")) for _ in range(4)]
        for _ in range(behind):
            await asyncio.sleep(0)
        calls[1].cancel()
        done, _ = await asyncio.wait(calls, timeout=60)
        return [call in done for call in calls]

    for behind in range(10):
        assert run_virtually(lambda behind=behind: cut_off(behind)) == [True] * 4, behind  # type: ignore[misc]


async def test_a_flow_that_taps_itself_has_an_end(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [{"type": "wireTap", "module": "/p/f.flow"}]})
    client = flows.client()
    await client.call("GET", "p/f.flow")
    await client.settle()
    assert len(client.runs) == 52
    assert client.runs[-1].error is not None
    assert client.runs[-1].error.code == "flow.depth"


def test_copies_do_not_wait_for_each_other(flows: Flows) -> None:
    again = {"type": "wireTap", "module": "/p/f.flow", "maxPending": 3, "when": "properties.left > 0"}
    less = {"type": "set", "properties": {"left": "${($exists(properties.left) ? properties.left : 5) - 1}"}}
    flows.write("p/f.flow", {"steps": [less, again, again, again]})

    async def settled() -> tuple[list[str], str]:
        client = FlowClient(flows.folder, runtime=Runtime(clock=VirtualClock()))
        await client.get("p/f.flow")
        await client.settle()
        return [run.error.code for run in client.runs if run.error is not None], (await client.get("p/f.flow")).text

    codes, text = run_virtually(settled)
    assert (set(codes), text) == ({"wireTap.full"}, "")


def test_it_needs_one_flow(flows: Flows) -> None:
    assert "give `flow` (in place) or `module`" in flows.problems([{"type": "wireTap"}])[0]
