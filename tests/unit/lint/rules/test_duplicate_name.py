from airdock.lint.rules.duplicate_name import CODE
from airdock.spec.step import Step
from tests.unit.lint.finding import OUTPUT, case, found


class Counter(Step):
    """Counts messages."""

    type = "counter"
    stateful = True


NAMED = {**OUTPUT, "name": "greet"}
COUNTER = {"type": "counter", "name": "count"}


def test_two_steps_of_one_list() -> None:
    assert found(CODE, [NAMED, NAMED]) == ["$.steps[1].name the step in line 3 is called 'greet', too"]


def test_steps_of_different_lists_have_different_paths() -> None:
    assert found(CODE, [{"type": "condition", "cases": [case("a", NAMED), case("b", NAMED)]}]) == []


def test_steps_that_keep_something_need_names_of_their_own_everywhere() -> None:
    steps = [{"type": "condition", "cases": [case("a", COUNTER), case("b", COUNTER)]}]
    (told,) = found(CODE, steps, Counter)
    assert told.startswith("$.steps[0].cases[1].flow.steps[0].name ")
    assert "keep what they know under one name, 'count'" in told
    assert len(found(CODE, [COUNTER, COUNTER], Counter)) == 1


def test_steps_without_a_name() -> None:
    assert found(CODE, [OUTPUT, OUTPUT]) == []
