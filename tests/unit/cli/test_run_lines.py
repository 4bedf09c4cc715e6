"""Recorded runs as lines."""

from datetime import UTC, datetime
from pathlib import Path

from airdock.cli.run_lines import listing, run_lines, running_lines, table_lines
from airdock.runlog import ExchangeRecord, RunError, RunningRun, RunRecord, RunStore, RunSummary, StepRecord

START = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
ALIKE = "019a0000-0000-7000-8000-0000000000"


def test_ids_are_as_long_as_it_takes_to_tell_them_apart(tmp_path: Path) -> None:
    runs = [RunSummary(f"{ALIKE}{end}", "p/a.flow", "p", START, 0.001, "ok") for end in ("10", "11")]
    _, first, second, *_ = listing(runs, RunStore(tmp_path), tmp_path, None)
    assert first.split()[0] == f"{ALIKE}10"
    assert second.split()[0] == f"{ALIKE}11"


def test_what_others_wrote_cannot_command_the_terminal() -> None:
    evil = "\x1b[2J\nx"
    record = RunRecord(
        f"{ALIKE}10", evil, "p", START, 0.5, "failed", method="GET", path=evil, remote=evil, attempt=2,
        error=RunError("a.b", evil, step=evil), whole=True, steps=[StepRecord(evil, evil, evil)],
        exchange=ExchangeRecord(body=evil, properties={evil: evil}), cause=evil, details={"x": evil},
    )  # fmt: skip
    lines = list(run_lines(record))
    assert not any("\x1b" in line or "\n" in line for line in lines)
    assert "  attempt  2" in lines
    assert not any("retry" in line for line in lines)
    assert "Details of the error: {" in lines


def test_steps_that_were_left_out_are_told() -> None:
    steps = [StepRecord(str(number), str(number), "log", start=0.0) for number in range(4)]
    lines = list(
        run_lines(RunRecord(f"{ALIKE}10", "a", "", START, 0.5, "ok", whole=True, steps=steps, steps_omitted=1200))
    )
    assert lines[-3] == "  … 1,200 more"


def test_a_retry_names_the_run_that_it_goes_on_with() -> None:
    record = RunRecord(
        f"{ALIKE}10", "a", "", START, 0.5, "failed", attempt=3, retry_of=f"{ALIKE}09", retriable=True
    )  # fmt: skip
    lines = list(run_lines(record))
    assert f"  attempt  3, goes on with {ALIKE}09" in lines
    assert "  retry    possible, from the failed step" in lines


def test_runs_that_are_going_on_have_a_line_each() -> None:
    runs = [
        RunningRun(f"{ALIKE}10", "shop/a.flow", "shop", START),
        RunningRun(f"{ALIKE}11", "\x1b[2J", "", START, cancelling=True),
    ]
    head, first, second = running_lines(runs)
    assert head.split() == ["ID", "BEGAN", "FLOW", "SINCE"]
    assert first.split()[0] == f"{ALIKE}10"
    assert second.endswith("is being cancelled")
    assert "\x1b" not in second


def test_a_run_of_a_part_tells_of_which_step_and_where_it_came_from() -> None:
    record = RunRecord(f"{ALIKE}10", "p/a.flow", "p", START, 0.5, "failed", parent=f"{ALIKE}09", step="orders")
    lines = list(run_lines(record))
    assert "  inside   the step orders, beside the run that came to it" in lines
    assert f"  parent   {ALIKE}09" in lines
    assert "p/a.flow#orders" in list(table_lines([record]))[1]
