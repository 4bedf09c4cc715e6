from typing import Any

import pytest

from airdock.lint.rules.missing_timeout import CODE
from tests.unit.lint.finding import OUTPUT, SCRIPT, codes, found


def test_a_flow_that_waits() -> None:
    flow = {"steps": [OUTPUT, {"type": "filter", "expression": "body", "steps": [SCRIPT]}]}
    (told,) = found(CODE, flow)
    assert told.startswith("$.steps[1].steps[0] the flow waits as long as its `python` takes")
    assert codes(flow, s_py="") == []


@pytest.mark.parametrize(
    "flow",
    [
        {"steps": [OUTPUT]},
        {"steps": [SCRIPT], "timeout": "5s"},
        {"steps": [{**SCRIPT, "timeout": "5s"}]},
        {"steps": [{"type": "flow", "flow": {"steps": [SCRIPT]}, "timeout": "5s"}]},
    ],
)
def test_a_flow_that_does_not_wait_for_ever(flow: Any) -> None:
    assert found(CODE, flow) == []
