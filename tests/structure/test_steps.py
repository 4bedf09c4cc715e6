"""What step types declare of themselves beside their fields."""

import pytest

from airdock.builtin import catalogue
from airdock.spec.step import Step
from tests.structure.source import PACKAGE, calls

STEPS = list(catalogue())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.type)
def test_a_step_that_has_a_space_in_a_store_says_that_it_is_stateful(step: type[Step]) -> None:
    path = PACKAGE.joinpath(*step.__module__.split(".")[1:]).with_suffix(".py")
    if any(calls(path, "space")):
        assert step.stateful, f"write `stateful = True` in {path.name}: `airdock check` goes by it"
