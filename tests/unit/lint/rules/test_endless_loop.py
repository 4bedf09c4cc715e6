from typing import Any

import pytest

from airdock.lint.rules.endless_loop import CODE
from tests.unit.lint.finding import OUTPUT, SCRIPT, THROW, call, codes, found


def again(*steps: Any, condition: str = "true", **rest: Any) -> dict[str, Any]:
    return {"type": "loop", "while": condition, "steps": list(steps), **rest}


def test_a_loop_that_nothing_ends() -> None:
    assert found(CODE, [again(OUTPUT)]) == ["$.steps[0].while `while` is always true, and nothing inside ends the loop"]


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
    assert found(CODE, [step]) == []


def test_a_flow_with_a_timeout_ends() -> None:
    assert found(CODE, {"steps": [again(OUTPUT)], "timeout": "5s"}) == []


def test_a_flow_without_loops() -> None:
    assert codes({"steps": [OUTPUT]}) == []
