"""What step types declare of themselves beside their fields."""

from functools import cache
from pathlib import Path

import pytest

from airdock.builtin import catalogue
from airdock.spec.step import Step
from tests.structure.source import PACKAGE, ROOT, calls, dotted, imported, modules

STEPS = list(catalogue())
BESIDE = {dotted(module): PACKAGE / module for module in modules() if module.parts[0] == "steps"}


@cache
def _asks_for_a_space(path: Path, seen: frozenset[Path] = frozenset()) -> bool:
    """Whether a module of steps, or one beside it that it uses, asks the compiler for a space in the stores."""
    if any(calls(path, "space")):
        return True
    others = {BESIDE[name] for name in imported(path) if name in BESIDE} - seen - {path}
    return any(_asks_for_a_space(each, seen | {path}) for each in others)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.type)
def test_a_step_that_has_a_space_in_the_stores_says_that_it_is_stateful(step: type[Step]) -> None:
    path = PACKAGE.joinpath(*step.__module__.split(".")[1:]).with_suffix(".py")
    if _asks_for_a_space(path):
        assert step.stateful, f"write `stateful = True` in {path.name}: `airdock check` goes by it"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.type)
def test_the_page_of_all_patterns_has_the_step(step: type[Step]) -> None:
    page = ROOT / "docs" / "concepts" / "patterns.md"
    link = f"[`{step.type}`](../reference/steps/{step.type}.md)"
    assert link in page.read_text(), f"add a line with {link} to {page.name}"
