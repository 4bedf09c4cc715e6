from typing import Any

import pytest

from airdock.lint.rules.shadowed_handler import CODE, covers
from tests.unit.lint.finding import found


def entry(*on: str, **rest: Any) -> dict[str, Any]:
    return {"steps": [], **({"on": list(on)} if on else {}), **rest}


@pytest.mark.parametrize(
    "entries",
    [
        [entry(), entry("timeout")],
        [entry(), entry()],
        [entry("*"), entry()],
        [entry("step.*"), entry("step.timeout")],
        [entry("a", "b"), entry("b", "a")],
        [entry("a"), entry("b"), entry("a", "b", when="error.status = 1")],
    ],
)
def test_an_entry_behind_one_that_takes_all_of_it(entries: list[Any]) -> None:
    last = len(entries) - 1
    (told,) = found(CODE, {"steps": [], "onError": entries})
    assert told.startswith(f"$.onError[{last}] no error reaches this entry of `onError`")
    (told,) = found(CODE, [{"type": "try", "steps": [], "catch": entries}])
    assert told.startswith(f"$.steps[0].catch[{last}] ")


@pytest.mark.parametrize(
    "entries",
    [
        [entry("timeout"), entry()],
        [entry(when="error.status = 404"), entry("timeout")],
        [entry("a"), entry("a", "b")],
        [entry("step.timeout"), entry("step.*")],
    ],
)
def test_an_entry_that_may_take_something(entries: list[Any]) -> None:
    assert found(CODE, {"steps": [], "onError": entries}) == []


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered"),
    [
        ("*", "a.*", True),
        ("a.*", "a.b.*", True),
        ("a?", "a*", False),
        ("*.a", "b.*", False),
        ("http.5xx", "http.503", True),
        ("http.*", "http.5xx", True),
        ("http.503", "http.5xx", False),
        ("h*", "http.503", False),
    ],
)
def test_patterns(wide: str, narrow: str, is_covered: bool) -> None:
    assert covers(wide, narrow) is is_covered
