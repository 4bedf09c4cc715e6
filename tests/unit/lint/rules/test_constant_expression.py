import pytest

from airdock.expressions import compile_expression
from airdock.lint.constants import constant_value
from airdock.lint.rules.constant_expression import CODE
from tests.unit.lint.finding import OUTPUT, found, when


@pytest.mark.parametrize("written", ["true", "1 = 1", "'a' & 'b'", "[0, 1]"])
def test_always_true(written: str) -> None:
    assert found(CODE, [{**OUTPUT, "when": written}]) == ["$.steps[0].when `when` is always true"]


@pytest.mark.parametrize("written", ["false", "1 > 2", "''", "[]", "null", "false and body.a"])
def test_always_false(written: str) -> None:
    if "body" not in written:
        assert found(CODE, [{**OUTPUT, "when": written}]) == ["$.steps[0].when `when` is always false"]


@pytest.mark.parametrize("written", ["body", "$random() > 0.5", "$now() > 'x'", "properties.a or true", "1 + 'a'"])
def test_what_depends_on_something_or_fails(written: str) -> None:
    assert constant_value(compile_expression(written)) is None
    assert found(CODE, [{**OUTPUT, "when": written, "properties": {"a": 1}}]) == []


def test_wherever_an_expression_decides() -> None:
    steps = [
        {"type": "filter", "expression": "true", "steps": []},
        {"type": "condition", "cases": [when("false")]},
        {"type": "try", "steps": [], "catch": [{"when": "true", "steps": []}]},
        {"type": "transform", "expression": "1"},
    ]
    told = [each.split()[0] for each in found(CODE, steps)]
    assert told == ["$.steps[0].expression", "$.steps[1].cases[0].when", "$.steps[2].catch[0].when"]
