"""The steps of a run as lines."""

from airdock.cli.step_lines import step_lines
from airdock.runlog import StepRecord


def test_steps_are_indented_by_what_is_inside_what() -> None:
    steps = [
        StepRecord("who", "who", "condition", start=0.0, seconds=0.002),
        StepRecord("who.joe.1", "1", "output", start=0.001, seconds=0.0005),
        StepRecord("whose", "whose", "log", outcome="skipped"),
        StepRecord("4", "welcome", "python", 7, 0.002, 1.5, "failed", "script.error", "no\nway"),
    ]
    assert list(step_lines(steps)) == [
        "  ok       who          condition          2.0 ms",
        "  ok         who.joe.1  output             500 µs",
        "  skipped  whose        log",
        "  failed   4            python welcome     1.50 s  script.error: no way",
    ]


def test_a_loop_of_the_same_step_is_not_nested() -> None:
    steps = [StepRecord(path, "1", "log", start=0.0) for path in ("1", "1.2", "1.2", "1")]
    assert [line.index("1") for line in step_lines(steps)] == [11, 13, 13, 11]


def test_no_steps() -> None:
    assert list(step_lines([])) == []
