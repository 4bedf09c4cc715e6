"""The coverage of flow tests, for people."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from airdock.cli.terminal import paint, printable
from airdock.errors import Place

if TYPE_CHECKING:
    from airdock.testing.runner.coverage import Coverage, FlowCoverage


def coverage_lines(coverage: "Coverage", folder: Path, fail_under: float | None = None) -> Iterator[str]:
    """A line for each flow, with what no test came by beneath it, then the whole."""
    from airdock.testing.runner.coverage import KINDS

    flows = coverage.flows
    width = max((len(flow.flow) for flow in flows), default=0)
    yield paint(f"{'Coverage':<{width}}        {'  '.join(f'{name:>14}' for name in KINDS.values())}", "bold")
    for flow in flows:
        counts = "  ".join(f"{_counted(*flow.counts(kind)):>14}" for kind in KINDS)
        yield paint(f"{printable(flow.flow):<{width}}  {flow.percent:>4.0f} %{counts}", _colour(flow.percent))
        yield from _missing(flow, folder)
    line = f"{coverage.percent:.1f} % of all steps, cases and error branches"
    if fail_under is not None and coverage.percent < fail_under:
        yield paint(f"{line}, which is less than {fail_under:g} %", "red", "bold")
    else:
        yield line


def _missing(flow: "FlowCoverage", folder: Path) -> Iterator[str]:
    for part in flow.gaps:
        place = Place((folder / part.place.file).as_posix(), part.place.line, part.place.column)
        yield f"  {place}: {printable(part.label)}"


def _counted(covered: int, there: int) -> str:
    return f"{covered}/{there}" if there else "-"


def _colour(percent: float) -> str:
    return "green" if percent == 100 else "yellow" if percent >= 50 else "red"
