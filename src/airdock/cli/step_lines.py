"""The steps of a run as lines: indented by what is inside what."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from airdock.cli.terminal import paint, printable, shortened
from airdock.units import format_duration

if TYPE_CHECKING:
    from airdock.runlog.records import StepRecord

_COLOURS = {"ok": "green", "failed": "red", "skipped": "dim"}
_MESSAGE = 200


def step_lines(steps: Iterable["StepRecord"], omitted: int = 0, details: Sequence[Sequence[str]] = ()) -> Iterator[str]:
    """One line per step in the order in which they began: outcome, path, type, name, duration, error.

    Args:
        omitted: How many are missing in the middle. details: Further lines for each step.
    """
    rows = list(_rows(steps))
    path_width = max((len(path) for _, path, _ in rows), default=0)
    what_width = max((len(what) for *_, what in rows), default=0)
    gap = len(rows) // 2 if omitted else -1
    for index, (step, path, what) in enumerate(rows):
        if index == gap:
            yield f"  … {omitted:,} more"
        outcome = paint(f"{step.outcome:<7}", _COLOURS[step.outcome])
        took = "" if step.start is None else format_duration(step.seconds)
        error = paint(f"  {step.code}: {shortened(step.message, _MESSAGE)}", "red") if step.outcome == "failed" else ""
        yield f"  {outcome}  {path:<{path_width}}  {what:<{what_width}}  {took:>9}{error}".rstrip()
        if details:
            indent = " " * (len(path) - len(path.lstrip()) + 13)
            yield from (indent + line for line in details[index])


def _rows(steps: Iterable["StepRecord"]) -> Iterator[tuple["StepRecord", str, str]]:
    around: list[str] = []
    for step in steps:
        while around and not step.path.startswith(around[-1] + "."):
            around.pop()
        name = "" if step.path.endswith(step.name) else f" {step.name}"
        yield step, "  " * len(around) + printable(step.path), printable(step.type + name)
        around.append(step.path)
