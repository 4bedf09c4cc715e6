from typing import Any

import pytest

from airdock.lint.rules.unreachable_step import CODE
from tests.unit.lint.finding import OUTPUT, STOP, THROW, case, found, when

ENDS: list[dict[str, Any]] = [
    STOP,
    THROW,
    {"type": "stop", "when": "1 = 1"},
    {"type": "flow", "flow": {"steps": [OUTPUT, STOP]}},
    {"type": "condition", "cases": [case("a", STOP)], "otherwise": {"steps": [THROW]}},
    {"type": "condition", "cases": [case("any", STOP), case(None, THROW)]},
    {"type": "condition", "cases": [case("a", STOP), when("true", STOP)]},
    {"type": "try", "steps": [STOP], "finally": [OUTPUT]},
    {"type": "try", "steps": [THROW], "catch": [{"steps": [STOP]}]},
    {"type": "try", "steps": [OUTPUT], "finally": [STOP]},
]
GOES_ON: list[dict[str, Any]] = [
    OUTPUT,
    {"type": "stop", "when": "body"},
    {"type": "condition", "cases": [case("a", STOP)]},
    {"type": "condition", "cases": [case("any", STOP)]},
    {"type": "condition", "cases": [case("any", STOP), case("null", STOP, key="other")]},
    {"type": "condition", "cases": [case("a", STOP)], "otherwise": {"steps": []}},
    {"type": "filter", "expression": "body", "steps": [STOP]},
    {"type": "wireTap", "flow": {"steps": [STOP]}},
    {"type": "try", "steps": [THROW], "catch": [{"steps": []}]},
]


@pytest.mark.parametrize("step", ENDS)
def test_a_step_behind_one_that_ends_the_flow(step: dict[str, Any]) -> None:
    (told,) = found(CODE, [step, OUTPUT, OUTPUT])
    assert told.startswith("$.steps[1] this step is never reached: the `")


@pytest.mark.parametrize("step", GOES_ON)
def test_a_step_behind_one_that_may_go_on(step: dict[str, Any]) -> None:
    assert found(CODE, [step, OUTPUT]) == []


def test_in_blocks_inside_and_in_handlers() -> None:
    flow = {"steps": [{"type": "filter", "expression": "body", "steps": [STOP, OUTPUT]}]}
    handlers = [{"steps": [THROW, OUTPUT]}]
    told = found(CODE, {**flow, "onError": handlers})
    assert [each.split()[0] for each in told] == ["$.steps[0].steps[1]", "$.onError[0].steps[1]"]


def test_a_handler_that_goes_on_makes_throw_pass() -> None:
    handler = {"steps": [], "continue": True}
    assert found(CODE, {"steps": [THROW, OUTPUT], "onError": [handler]}) == []
    assert found(CODE, [THROW, OUTPUT], project_json={"onError": [handler]}) == []
    assert len(found(CODE, {"steps": [STOP, OUTPUT], "onError": [handler]})) == 1
