from hypothesis import given
from hypothesis import strategies as st

from airdock.steps.load.sliding_window import EXACT, SlidingWindow

PERIOD = 8.0
# Eighths are exact in floating point, so that a bound is a bound.
STEPS = st.lists(st.integers(0, 64).map(lambda eighths: eighths / 8), max_size=200)


def passed(steps: list[float], limit: int, window: SlidingWindow) -> list[float]:
    """When messages pass that come one after another and wait as they are told."""
    now, times = 0.0, []
    for step in steps:
        now += step
        while wait := window.take(now, limit):
            now += wait
        times.append(now)
    return times


@given(STEPS, st.integers(1, 5))
def test_no_more_than_the_limit_pass_within_any_period(steps: list[float], limit: int) -> None:
    times = passed(steps, limit, SlidingWindow(PERIOD))
    assert all(later - earlier >= PERIOD - 1e-6 for earlier, later in zip(times, times[limit:], strict=False))


@given(STEPS, st.integers(1, 5))
def test_none_waits_longer_than_it_must(steps: list[float], limit: int) -> None:
    times: list[float] = []
    now = 0.0
    for step in steps:
        now += step
        now = max(now, times[-limit] + PERIOD) if len(times) >= limit else now
        times.append(now)
    measured = passed(steps, limit, SlidingWindow(PERIOD))
    assert all(abs(a - b) < 1e-6 for a, b in zip(times, measured, strict=True))


@given(STEPS, st.integers(1, 5), st.integers(0, 100))
def test_it_goes_on_from_its_marks(steps: list[float], limit: int, cut: int) -> None:
    whole = passed(steps, limit, SlidingWindow(PERIOD))
    window = SlidingWindow(PERIOD)
    first = passed(steps[:cut], limit, window)
    now = first[-1] if first else 0.0
    rest = passed([now, *steps[cut:]], limit, SlidingWindow(PERIOD, window.marks))
    assert len(first) + len(rest) - 1 == len(whole)


def test_a_large_limit_takes_little_memory_and_is_kept_to() -> None:
    window, limit = SlidingWindow(1.0), 10_000
    for number in range(limit):
        assert window.take(number / 20_000, limit) == 0.0
    assert len(window.marks) <= EXACT + 1
    wait = window.take(0.5, limit)
    assert 0.5 <= wait <= 0.5 + 1 / EXACT
    assert window.take(0.5 + wait, limit) == 0.0


def test_a_lower_limit_waits_for_more_of_those_that_passed() -> None:
    window = SlidingWindow(1.0)
    for now in (0.0, 0.1, 0.2):
        window.take(now, 3)
    assert abs(window.take(0.3, 1) - 0.9) < 1e-9
