from airdock.lint.rules.idle_try import CODE
from tests.unit.lint.finding import OUTPUT, found


def test_a_try_without_catch_and_finally() -> None:
    steps = [{"type": "try", "steps": [{"type": "try", "steps": []}], "finally": [OUTPUT]}]
    assert found(CODE, steps) == ["$.steps[0].steps[0] this `try` has neither `catch` nor `finally`"]


def test_a_try_with_one_of_them() -> None:
    assert found(CODE, [{"type": "try", "steps": [], "catch": [{"steps": []}]}]) == []
