from typing import Any

from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient, Trace
from tests.unit.flows import Flows, output


async def traced(flows: Flows, *steps: Any) -> Trace:
    flows.write("p/f.flow", {"steps": list(steps)})
    trace = Trace()
    client = FlowClient(flows.folder, runtime=Runtime(observer=trace))
    await client.call("POST", "p/f.flow", json={"n": 1})
    await client.settle()
    return trace


async def test_what_each_step_changed_itself(flows: Flows) -> None:
    inner = {"type": "filter", "expression": "true", "properties": {"p": 1}, "steps": [{"type": "set", "body": "x"}]}
    trace = await traced(flows, inner, output("y"))
    found = [(each.step.path, [(change.path, change.after) for change in each.changes]) for each in trace.steps]
    assert found == [("1", [("properties.p", 1)]), ("1.1", [("body", "x")]), ("2", [("response.written[0]", "y")])]
    assert all(each.seconds > 0 for each in trace.steps)


async def test_skipped_and_failed_steps(flows: Flows) -> None:
    trace = await traced(flows, output("x", when="false"), {"type": "throw", "code": "a.b"})
    skipped, failed = trace.steps
    assert (skipped.skipped, failed.skipped) == (True, False)
    assert failed.error is not None
    assert failed.error.code == "a.b"


async def test_steps_that_are_cut_off(flows: Flows) -> None:
    branches = [{"steps": [{"type": "delay", "duration": "1h"}]}, {"steps": [output("x")]}]
    trace = await traced(flows, {"type": "multicast", "flows": branches, "parallel": True, "timeout": "50ms"})
    assert {each.step.path: each.cut_off for each in trace.steps} == {"1": False, "1.flow1.1": True, "1.flow2.1": False}


async def test_runs_beside_are_told_apart(flows: Flows) -> None:
    trace = await traced(flows, {"type": "wireTap", "flow": {"steps": [{"type": "set", "body": 2}]}}, output())
    assert [each.step.path for each in trace.of(trace.steps[0].run)] == ["1", "2"]
    assert {each.step.path for each in trace.steps} == {"1", "2", "1.1"}
