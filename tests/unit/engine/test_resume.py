"""The rest of a flow, as a declaration."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from airdock.builtin import catalogue
from airdock.descriptor.reader import Reader
from airdock.engine.resume import resume
from airdock.errors import RefusedError
from airdock.exchange import Exchange
from airdock.spec.flow import Flow
from airdock.spec.step import Step
from tests.unit.flows import output

FLOW = {
    "properties": {"a": 1},
    "input": {"type": "object"},
    "timeout": "5s",
    "onError": [{"steps": [output()]}],
    "steps": [
        output("1"),
        {
            "type": "condition",
            "name": "choose",
            "when": "true",
            "properties": {"b": 1},
            "retry": {"attempts": 2},
            "cases": [
                {"when": "true", "flow": {"steps": [output("no")]}},
                {"when": "true", "flow": {"name": "in", "properties": {"c": 1}, "steps": [output("2"), output("3")]}},
            ],
        },
        {"type": "flow", "module": "/p/other.flow"},
        {"type": "try", "steps": [output("5")], "catch": [{"steps": [output("6")]}], "finally": [output("7")]},
    ],
}


def read(flow: Any) -> Flow:
    made: Flow = Reader(catalogue()).read("flow", json.dumps(flow).encode(), "p/f.flow")
    made.file = "p/f.flow"
    return made


def rest(*steps: str, entered: Any = None) -> Flow:
    return resume(read(FLOW), steps, entered or refuse)


def refuse(path: str, steps: Sequence[str]) -> Any:
    raise AssertionError(path)


def steps_of(flow: Any) -> list[Any]:
    found: list[Any] = flow.steps
    return found


def paths(steps: Sequence[Step]) -> list[str]:
    return [step.path for step in steps]


def test_it_begins_at_the_step_and_keeps_what_is_behind() -> None:
    flow = rest("choose")
    assert paths(flow.steps) == ["choose", "3", "4"]
    assert (flow.properties, flow.input, flow.timeout, len(flow.on_error)) == ({}, None, 5.0, 1)
    assert flow.steps[0].when is not None


def test_inside_a_case_nothing_is_chosen_or_set_again() -> None:
    before = read(FLOW)
    flow = resume(before, ["choose", "choose.in.2"], refuse)
    step = steps_of(flow)[0]
    assert (step.path, step.when, step.properties, step.cases) == ("choose", None, {}, [])
    assert step.retry.attempts == 2
    assert (paths(step.otherwise.steps), step.otherwise.properties) == (["choose.in.2"], {})
    assert len(steps_of(before)[1].cases) == 2
    assert before.properties


def test_another_flow_is_entered_by_its_path() -> None:
    asked: list[Any] = []

    def enter(path: str, steps: Sequence[str]) -> Any:
        asked.append((path, list(steps)))
        return _nothing

    flow = rest("3", "1.x", "1.x.2", entered=enter)
    assert asked == [("p/other.flow", ["1.x", "1.x.2"])]
    assert steps_of(flow)[0].begun is _nothing


def _nothing(exchange: Exchange) -> None:
    return None


def test_the_end_of_a_try_is_entered_without_what_it_tried() -> None:
    step = steps_of(rest("4", "4.finally.1"))[0]
    assert (step.steps, step.catch, paths(step.finally_)) == ([], [], ["4.finally.1"])


def test_a_step_whose_inside_cannot_be_entered_is_begun_anew() -> None:
    step = steps_of(rest("4", "4.catch1.1"))[0]
    assert (paths(step.steps), len(step.catch)) == (["4.1"], 1)


@pytest.mark.parametrize("steps", [("9",), ("choose", "choose.in.9"), ("4", "4.9"), ("1", "1.1")])
def test_a_step_that_is_not_there_is_told(steps: tuple[str, ...]) -> None:
    with pytest.raises(
        RefusedError, match=f"the step '{steps[-1]}', where the run stood, is not in this version of p/f"
    ):
        rest(*steps)
