"""Circles, compared with what follows from the definition."""

from hypothesis import given
from hypothesis import strategies as st

from airdock.lint.circles import circles_of, shown_way, way_back

NAMES = "abcdef"
CALLS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES + "z"), max_size=4))


def reached(start: str, calls: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(calls.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


@given(CALLS)
def test_all_that_reach_each_other(calls: dict[str, list[str]]) -> None:
    circles = circles_of(calls)
    for name in calls:
        expected = {other for other in reached(name, calls) if name in reached(other, calls)}
        assert circles.get(name, frozenset()) == expected


@given(CALLS)
def test_the_way_back_is_a_way(calls: dict[str, list[str]]) -> None:
    for name in calls:
        way = way_back(name, lambda at: calls.get(at, ()))
        assert bool(way) is (name in reached(name, calls))
        for one, other in zip(way, [*way[1:], name], strict=bool(way)):
            assert other in calls[one]


def test_a_long_way_needs_no_recursion() -> None:
    calls = {str(number): [str(number + 1)] for number in range(20_000)} | {"20000": ["0"]}
    assert len(circles_of(calls)["0"]) == 20_001


def test_of_a_long_way_the_ends_are_shown() -> None:
    assert shown_way("abcdefgh") == "/a → /b → /c → /d → /e → /f → /g → /h"
    assert shown_way("abcdefghijk") == "/a → /b → /c → /d → … → /h → /i → /j → /k"
