from typing import Any

import pytest

from airdock.lint.rules.endless_recursion import CODE
from tests.unit.lint.finding import OUTPUT, SCRIPT, STOP, call, case, found

SELF = call("a.flow")


@pytest.mark.parametrize(
    "steps",
    [
        [SELF],
        [OUTPUT, {**OUTPUT, "when": "body"}, SELF],
        [{"type": "flow", "flow": {"steps": [SELF]}}],
        [{"type": "try", "steps": [SELF], "catch": [{"steps": []}]}],
        [{"type": "wireTap", "module": "/p/a.flow"}, OUTPUT],
        [{"type": "wireTap", "flow": {"steps": [OUTPUT]}}, SELF],
    ],
)
def test_a_flow_that_always_calls_itself(steps: list[Any]) -> None:
    (told,) = found(CODE, steps)
    assert told.endswith("the flow calls itself, and nothing ends that")


@pytest.mark.parametrize(
    "steps",
    [
        [{**SELF, "when": "body.next"}],
        [{"type": "condition", "cases": [case("a", SELF)]}],
        [{"type": "condition", "cases": [case("a", STOP)]}, SELF],
        [{"type": "stop", "when": "body"}, SELF],
        [{"type": "flow", "flow": {"steps": [{"type": "stop", "when": "body"}]}}, SELF],
        [SCRIPT, SELF],
        [call("b.flow"), SELF],
        [{"type": "filter", "expression": "body", "steps": [SELF]}],
        [call("b.flow")],
    ],
)
def test_a_flow_that_may_end(steps: list[Any]) -> None:
    assert found(CODE, steps, b_flow={"steps": [STOP]}) == []


def test_by_way_of_others() -> None:
    others = {"b_flow": {"steps": [call("c.flow")]}, "c_flow": {"steps": [OUTPUT, call("a.flow")]}}
    assert found(CODE, [call("b.flow")], **others) == [
        "$.steps[0] the flow calls itself, and nothing ends that: /p/a.flow → /p/b.flow → /p/c.flow → /p/a.flow"
    ]
    others["c_flow"] = {"steps": [call("a.flow", when="body")]}
    assert found(CODE, [call("b.flow")], **others) == []
