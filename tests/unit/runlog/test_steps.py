"""From trails to steps."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airdock.exchange import StepFailure, StepInfo
from airdock.runlog import Masker, StepRecord
from airdock.runlog.steps import steps_of

MASKER = Masker()
ENDED = 1_000_000


def info(path: str) -> StepInfo:
    return StepInfo(path, f"name of {path}", "set", 7)


def read(*entries: tuple[str, int | None] | tuple[str, int, str], keep: int = 500) -> tuple[list[StepRecord], int]:
    trail: list[Any] = []
    for path, at, *code in entries:
        trail += (StepFailure(info(path), str(code[0]), "password=abc"), at) if code else (info(path), at)
    return steps_of(trail, 0, ENDED, masker=MASKER, keep=keep)


def times(*entries: Any) -> list[tuple[str, str, int | None, int]]:
    steps, _ = read(*entries)
    return [
        (step.path, step.outcome, None if step.start is None else round(step.start * 1e9), round(step.seconds * 1e9))
        for step in steps
    ]


def test_a_step_ends_where_the_next_one_begins_and_the_last_with_the_run() -> None:
    assert times(("1", 10), ("2", 30)) == [("1", "ok", 10, 20), ("2", "ok", 30, ENDED - 30)]


def test_a_step_lasts_as_long_as_what_is_inside_it() -> None:
    assert times(("3", 10), ("3.welcome.1", 20), ("3.welcome.2", 40), ("30", 70)) == [
        ("3", "ok", 10, 60),
        ("3.welcome.1", "ok", 20, 20),
        ("3.welcome.2", "ok", 40, 30),
        ("30", "ok", 70, ENDED - 70),
    ]


def test_a_failure_ends_its_step_and_is_masked() -> None:
    steps, _ = read(("1", 10), ("1", 25, "step.failed"), ("2", 90))
    assert (steps[0].outcome, steps[0].code, steps[0].message) == ("failed", "step.failed", "password=***")
    assert round(steps[0].seconds * 1e9) == 15
    assert (steps[0].name, steps[0].type, steps[0].line) == ("name of 1", "set", 7)


def test_a_failure_goes_up_through_the_steps_around_it() -> None:
    assert times(("1", 10), ("1.1", 20), ("1.1", 30, "x"), ("1", 40, "x")) == [
        ("1", "failed", 10, 30),
        ("1.1", "failed", 20, 10),
    ]


def test_a_skipped_step_has_no_time_and_ends_the_one_before() -> None:
    assert times(("1", 10), ("2", None), ("3", 50)) == [
        ("1", "ok", 10, 40),
        ("2", "skipped", None, 0),
        ("3", "ok", 50, ENDED - 50),
    ]


def test_retries_are_steps_of_their_own() -> None:
    assert times(("1", 10), ("1", 20, "x"), ("1", 50), ("1", 60, "x"), ("1", 90)) == [
        ("1", "failed", 10, 10),
        ("1", "failed", 50, 10),
        ("1", "ok", 90, ENDED - 90),
    ]


def test_a_failure_in_a_branch_beside_another_finds_its_step() -> None:
    assert times(("1", 5), ("1.a.1", 10), ("1.b.1", 12), ("1.a.1", 30, "x")) == [
        ("1", "ok", 5, ENDED - 5),
        ("1.a.1", "failed", 10, 20),
        ("1.b.1", "ok", 12, 18),
    ]


def test_a_step_that_fails_before_it_starts_is_there_too() -> None:
    assert times(("1", 10, "expression.type")) == [("1", "failed", 10, 0)]


def test_a_long_trail_keeps_its_two_ends() -> None:
    entries = [("1", 0), *((f"1.{n % 2 + 1}", n + 1) for n in range(100_000))]
    steps, omitted = read(*entries, keep=500)
    assert (len(steps), omitted) == (1000, 99_001)
    assert (steps[0].path, round(steps[0].seconds * 1e9)) == ("1", ENDED)
    assert [step.path for step in steps[-2:]] == ["1.1", "1.2"]


def test_what_is_appended_after_the_run_is_not_read() -> None:
    trail = [info("1"), 10, info("2"), 20]
    assert len(steps_of(trail, 0, ENDED, masker=MASKER, keep=10, length=2)[0]) == 1


paths = st.sampled_from(["1", "1.1", "1.1.1", "1.2", "1.10", "2", "2.a.1", "2.a.1.b.1", "10"])


@given(st.lists(st.tuples(paths, st.integers(0, 9), st.sampled_from(["start", "start", "skip", "fail"])), max_size=60))
def test_any_trail_gives_the_steps_that_the_definition_gives(moves: list[tuple[str, int, str]]) -> None:
    entries: list[Any] = []
    now = 0
    for path, later, kind in moves:
        now += later
        entries.append((path, None) if kind == "skip" else (path, now, "x") if kind == "fail" else (path, now))
    assert times(*entries) == by_definition(entries)


def by_definition(entries: list[Any]) -> list[tuple[str, str, int | None, int]]:
    """The same, slowly: for each step look for its failure, else for the first entry behind it and not inside it."""
    failure_of: dict[int, int] = {}
    for place, entry in enumerate(entries):
        if len(entry) == 3:
            mine = [
                n
                for n in range(place)
                if entries[n][0] == entry[0]
                and len(entries[n]) == 2
                and entries[n][1] is not None
                and n not in failure_of
            ]
            failure_of[mine[-1] if mine else place] = place
    steps = []
    for place, entry in enumerate(entries):
        path, at = entry[0], entry[1]
        if place in failure_of:
            steps.append((path, "failed", at, entries[failure_of[place]][1] - at))
        elif len(entry) == 2 and at is None:
            steps.append((path, "skipped", None, 0))
        elif len(entry) == 2:
            steps.append((path, "ok", at, _end(entries, place) - at))
    return steps


def _end(entries: list[Any], place: int) -> int:
    path = entries[place][0]
    for n in range(place + 1, len(entries)):
        if not entries[n][0].startswith(f"{path}.") and not (len(entries[n]) == 3 and entries[n][0] == path):
            return next((each[1] for each in entries[n:] if each[1] is not None), ENDED)
    return ENDED
