from typing import Any

import pytest

from airdock.lint.rules.property_never_read import CODE
from tests.unit.lint.finding import SCRIPT, call, case, codes, found

SETS: dict[str, Any] = {"type": "set", "properties": {"total": 1}}


def test_a_property_that_nothing_reads() -> None:
    assert found(CODE, [SETS]) == ["$.steps[0].properties nothing reads the property 'total' that is set here"]


def test_it_is_off_by_default() -> None:
    assert codes({"steps": [SETS]}) == []


@pytest.mark.parametrize(
    "step",
    [
        {"type": "output", "message": "${properties.total}"},
        {"type": "output", "message": "${properties}"},
        {"type": "condition", "cases": [case("a", key="total")]},
        SCRIPT,
        call("b.flow"),
    ],
)
def test_what_reads_it_or_may_read_it(step: Any) -> None:
    assert found(CODE, [SETS, step], b_flow={"steps": [{"type": "output", "message": "${properties.total}"}]}) == []


def test_handlers_of_the_project_read_it() -> None:
    reads = {"onError": [{"when": "properties.total > 0", "steps": []}]}
    assert found(CODE, [SETS], project_json=reads) == []
