from typing import Any

from airdock.engine.runtime import Runtime
from airdock.exchange import Exchange, StepInfo
from airdock.testing import FlowClient
from tests.unit.flows import Flows, output


class Notes:
    """An observer that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def entered(self, step: StepInfo, exchange: Exchange) -> None:
        self.told.append(f"> {step.path}")

    def left(self, step: StepInfo, exchange: Exchange, error: BaseException | None) -> None:
        self.told.append(f"< {step.path}" + (f" {type(error).__name__}" if error else ""))


async def observed(flows: Flows, *steps: Any) -> list[str]:
    flows.write("p/f.flow", {"steps": list(steps)})
    notes = Notes()
    await FlowClient(flows.folder, runtime=Runtime(observer=notes)).call("GET", "p/f.flow")
    return notes.told


async def test_each_step_is_told_with_those_inside(flows: Flows) -> None:
    inner = {"type": "filter", "expression": "true", "steps": [output()]}
    assert await observed(flows, inner, output("x", when="false")) == ["> 1", "> 1.1", "< 1.1", "< 1", "> 2", "< 2"]


async def test_how_it_ended_is_told(flows: Flows) -> None:
    failing = {"type": "try", "steps": [{"type": "throw", "code": "a.b"}], "catch": [{"steps": [{"type": "stop"}]}]}
    assert await observed(flows, failing, output()) == [
        "> 1",
        "> 1.1",
        "< 1.1 FlowError",
        "> 1.catch1.1",
        "< 1.catch1.1 StopRun",
        "< 1 StopRun",
    ]


async def test_a_step_that_is_tried_again_is_told_once(flows: Flows) -> None:
    step = {"type": "throw", "code": "a.b", "retry": {"attempts": 3, "delay": "1ms"}}
    assert await observed(flows, step) == ["> 1", "< 1 FlowError"]
