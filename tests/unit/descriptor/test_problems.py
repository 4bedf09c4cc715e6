import pytest

from airdock.descriptor.problems import MOST, Problems, Unreadable, shown
from airdock.errors import Place


def test_problems_are_in_file_order() -> None:
    problems = Problems()
    for line, column in ((3, 1), (1, 9), (1, 2)):
        problems.add("descriptor.type", f"{line}:{column}", Place("a", line, column))
    assert [each.message for each in problems.error().problems] == ["1:2", "1:9", "3:1"]


def test_there_is_a_bound() -> None:
    problems = Problems()
    for line in range(1, MOST):
        problems.add("descriptor.type", "x", Place("a", line, 1))
    with pytest.raises(Unreadable):
        problems.add("descriptor.type", "x", Place("a", MOST, 1))
    assert len(problems) == MOST + 1
    assert problems.error().problems[-1].code == "descriptor.tooLarge"


def test_shown_is_one_short_line() -> None:
    assert shown("a\nb") == "'a\ufffdb'"
    assert shown("x" * 100) == "'" + "x" * 59 + "…'"
