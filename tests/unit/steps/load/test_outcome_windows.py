from hypothesis import given
from hypothesis import strategies as st

from airdock.steps.load.outcome_windows import CountWindow, OutcomeWindow, TimeWindow

CALLS = st.lists(st.tuples(st.integers(0, 3), st.floats(0, 3)), max_size=100)
"""Outcomes, and the seconds in front of each."""


def counts(outcomes: list[int]) -> tuple[int, int, int]:
    return len(outcomes), sum(outcome & 1 for outcome in outcomes), sum(outcome >> 1 for outcome in outcomes)


def seen(window: OutcomeWindow) -> tuple[int, int, int]:
    return window.calls, window.failed, window.slow


@given(CALLS, st.integers(1, 10))
def test_the_last_calls(calls: list[tuple[int, float]], size: int) -> None:
    window, outcomes = CountWindow(size), []
    for outcome, _ in calls:
        window.add(outcome, 0.0)
        outcomes.append(outcome)
        assert seen(window) == counts(outcomes[-size:])


@given(CALLS, st.integers(1, 10))
def test_the_last_seconds(calls: list[tuple[int, float]], size: int) -> None:
    window, outcomes, now = TimeWindow(size), [], 0.0
    for outcome, step in calls:
        now += step
        window.add(outcome, now)
        outcomes.append((int(now), outcome))
        assert seen(window) == counts([each for second, each in outcomes if second > int(now) - size])
