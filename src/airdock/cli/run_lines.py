"""Recorded runs as `airdock runs` prints them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airdock.cli.step_lines import step_lines
from airdock.cli.terminal import json_text, paint, printable, shortened
from airdock.descriptor.names import hint
from airdock.runlog import ExchangeRecord, RunningRun, RunRecord, RunStore, RunSummary
from airdock.units import format_duration

_SHORT = 18
"""Characters of an id: its time to the millisecond and a little chance."""

_MESSAGE = 100


def listing(runs: list[RunSummary], store: RunStore, home: Path, flow: str | None) -> Iterator[str]:
    """A line per run, and what was only counted."""
    counts = {(each.flow, each.outcome): each.count for each in store.counters()}
    if not runs:
        yield from _none(counts, home, flow)
        return
    yield from table_lines(runs)
    total = {
        outcome: sum(n for (f, o), n in counts.items() if o == outcome and flow in (None, f))
        for outcome in ("ok", "failed")
    }
    yield ""
    yield paint(f"{len(runs)} shown; in all {total['ok']:,} ok, {total['failed']:,} failed", "dim")


def table_lines(runs: list[RunSummary]) -> Iterator[str]:
    """A line per run, of which there is one at least."""
    length = _length([run.id for run in runs])
    width = max(len("FLOW"), *(len(_what(run)) for run in runs))
    yield paint(f"{'ID':<{length}}  {'BEGAN':<19}  {'FLOW':<{width}}  {'OUTCOME':<7}  {'TOOK':>9}", "dim")
    for run in runs:
        yield _line(run, length, width)


def running_lines(runs: list[RunningRun]) -> Iterator[str]:
    """A line per run that is going on."""
    if not runs:
        yield "no run has been going on for a second"
        return
    now = datetime.now(UTC)
    width = max(len("FLOW"), *(len(_what(run)) for run in runs))
    yield paint(f"{'ID':<36}  {'BEGAN':<19}  {'FLOW':<{width}}  {'SINCE':>9}", "dim")
    for run in runs:
        age = format_duration(max((now - run.start).total_seconds(), 0.0))
        line = f"{run.id}  {local_time(run.start)}  {_what(run):<{width}}  {age:>9}"
        yield line + paint("  is being cancelled", "red") if run.cancelling else line


def run_lines(run: RunRecord) -> Iterator[str]:
    """Everything that was kept of a run."""
    yield f"Run {paint(run.id, 'bold')}"
    for name, value in _facts(run):
        yield f"  {name:<8} {value}"
    if run.steps:
        yield ""
        yield "Steps:"
        yield from step_lines(run.steps, run.steps_omitted)
    elif not run.whole:
        yield ""
        yield paint('Its steps were not kept. A flow with "log": "full" keeps them of every run.', "dim")
    if run.exchange is not None:
        yield from _exchange_lines(run.exchange)
    if run.details:
        yield ""
        yield from _value_lines("Details of the error", run.details)


def local_time(moment: datetime, timespec: str = "seconds") -> str:
    """A moment in the time zone of this machine: `2026-05-04 13:05:09`."""
    return moment.astimezone().replace(tzinfo=None).isoformat(" ", timespec)


def _facts(run: RunRecord) -> Iterator[tuple[str, str]]:
    yield "flow", printable(run.flow)
    if run.step:
        yield "inside", f"the step {printable(run.step)}, beside the run that came to it"
    if run.parent:
        yield "parent", run.parent
    yield "began", local_time(run.start, "milliseconds")
    yield "took", format_duration(run.seconds)
    if run.method:
        remote = f" from {printable(run.remote)}" if run.remote else ""
        yield "request", f"{printable(run.method)} {printable(run.path)}{remote}"
    if run.attempt > 1:
        first = f", goes on with {run.retry_of}" if run.retry_of else ""
        yield "attempt", f"{run.attempt}{first}"
    yield "outcome", _outcome(run)
    if run.error is not None:
        yield "error", f"{paint(run.error.code, 'red')}: {shortened(run.error.message, 1000)}"
        yield "status", str(run.error.status)
        if run.error.step:
            yield "at step", printable(run.error.step) + _at_line(run)
    if run.cause:
        yield "cause", shortened(run.cause, 1000)
    if run.retriable:
        yield "retry", "possible, from the failed step"
    elif run.not_retriable:
        yield "retry", f"not possible: {shortened(run.not_retriable, 1000)}"


def _at_line(run: RunRecord) -> str:
    line = next((step.line for step in run.steps if run.error and step.path == run.error.step and step.line), 0)
    return f", line {line}" if line else ""


def _exchange_lines(exchange: ExchangeRecord) -> Iterator[str]:
    yield ""
    yield "The exchange when it failed:"
    for name in exchange.__struct_fields__:
        value: Any = getattr(exchange, name)
        if value not in (None, {}, [], ""):
            yield from (f"  {line}" for line in _value_lines(name, value))


def _value_lines(name: str, value: Any) -> Iterator[str]:
    first, *rest = json_text(value).split("\n")
    yield f"{paint(name, 'bold')}: {printable(first)}"
    yield from (printable(line) for line in rest)


def _line(run: RunSummary, length: int, width: int) -> str:
    head = f"{run.id[:length]}  {local_time(run.start)}  {_what(run):<{width}}"
    error = "" if run.error is None else f"  {run.error.code}: {shortened(run.error.message, _MESSAGE)}"
    return f"{head}  {_outcome(run, 7)}  {format_duration(run.seconds):>9}{paint(error, 'red')}"


def _what(run: RunSummary | RunningRun) -> str:
    """The flow, and the step whose inside it is that runs."""
    return printable(f"{run.flow}#{run.step}" if run.step else run.flow)


def _outcome(run: RunSummary, width: int = 0) -> str:
    return paint(f"{run.outcome:<{width}}", "green" if run.outcome == "ok" else "red")


def _length(ids: list[str]) -> int:
    """So many characters that no two ids begin alike."""
    for length in range(_SHORT, 36):
        if len({id[:length] for id in ids}) == len(set(ids)):
            return length
    return 36


def _none(counts: dict[tuple[str, Any], int], home: Path, flow: str | None) -> Iterator[str]:
    if not counts:
        yield f"no runs yet: `airdock run` records them in {home}"
        return
    yield f"no such runs; in all {sum(counts.values()):,} were counted"
    flows = sorted({name for name, _ in counts})
    if flow is not None and flow not in flows:
        yield f"there were none of {flow!r}: {hint(flow, flows, 'there were of ')}"
