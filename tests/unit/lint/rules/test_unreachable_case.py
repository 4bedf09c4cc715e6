from typing import Any

import pytest

from airdock.lint.rules.unreachable_case import CODE
from tests.unit.lint.finding import case, found, when


def told(*cases: Any, otherwise: bool = False) -> list[str]:
    step = {"type": "condition", "cases": list(cases), **({"otherwise": {"steps": []}} if otherwise else {})}
    return [each.split()[0].removeprefix("$.steps[0].") for each in found(CODE, [step])]


@pytest.mark.parametrize(
    "cases",
    [
        [case("a"), case("a")],
        [case(1), case("1")],
        [case(True), case("true")],
        [case("ANY"), case("a")],
        [case("any"), case("Any")],
        [case("null"), case(None)],
        [when("body.a"), when(" body.a ")],
        [when("true"), case("a")],
    ],
)
def test_the_second_case_is_never_reached(cases: list[Any]) -> None:
    assert told(*cases) == ["cases[1]"]


@pytest.mark.parametrize(
    "cases",
    [
        [case("a"), case("b")],
        [case("a"), case("A")],
        [case("any"), case("null")],
        [case("any"), case("a", key="other")],
        [case("a"), case("any"), case("null")],
        [when("body.a"), when("body.b"), case("a")],
        [when("false"), case("a")],
    ],
)
def test_each_case_may_be_reached(cases: list[Any]) -> None:
    assert told(*cases) == []


def test_nothing_is_left_behind_present_and_absent() -> None:
    assert told(case("any"), case("null"), when("body"), otherwise=True) == ["cases[2]", "otherwise"]


def test_the_case_that_takes_it_is_named_by_its_line() -> None:
    (message,) = found(CODE, [{"type": "condition", "cases": [case("a"), case("a")]}])
    assert message.endswith("the one in line 6 takes it")
