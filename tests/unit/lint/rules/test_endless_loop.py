from typing import Any

import pytest

from airdock.lint.rules.endless_loop import CODE
from airdock.spec.fields import field
from airdock.spec.kinds import Expression, Steps
from airdock.spec.step import Step
from tests.unit.lint.finding import OUTPUT, SCRIPT, THROW, call, codes, found


class Again(Step):
    """Runs its steps while something is true."""

    type = "again"
    while_: Any = field(Expression(), "Goes on while this is true.", name="while")
    steps: list[Step] = field(Steps(), "The steps.", default=[])


def again(*steps: Any, condition: str = "true", **rest: Any) -> dict[str, Any]:
    return {"type": "again", "while": condition, "steps": list(steps), **rest}


def test_a_loop_that_nothing_ends() -> None:
    assert found(CODE, [again(OUTPUT)], Again) == [
        "$.steps[0].while `while` is always true, and nothing inside ends the loop"
    ]


@pytest.mark.parametrize(
    "step",
    [
        again(OUTPUT, condition="body.more"),
        again({"type": "stop", "when": "body.done"}),
        again(THROW),
        again(SCRIPT),
        again(call("b.flow")),
        again(OUTPUT, timeout="5s"),
        again(OUTPUT, condition="false"),
    ],
)
def test_a_loop_that_may_end(step: Any) -> None:
    assert found(CODE, [step], Again) == []


def test_a_flow_with_a_timeout_ends() -> None:
    assert found(CODE, {"steps": [again(OUTPUT)], "timeout": "5s"}, Again) == []


def test_a_flow_without_loops() -> None:
    assert codes({"steps": [OUTPUT]}) == []
