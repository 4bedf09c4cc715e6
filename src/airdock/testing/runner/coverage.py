"""What of the flows the tests came by."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from airdock.exchange import Exchange
from airdock.spec.flow import Flow
from airdock.spec.step import Compiled, Step
from airdock.testing.mocks import Mocks
from airdock.testing.runner.outline import Kind, Part, parts_of

KINDS: dict[Kind, str] = {"step": "steps", "case": "cases", "error": "error branches"}


class FlowCoverage:
    """What of one flow the tests came by."""

    def __init__(self, flow: str, parts: list[Part], marks: set[int]) -> None:
        self.flow = flow
        self.parts = parts
        self.missing = [part for part in parts if part.mark not in marks]

    @property
    def gaps(self) -> list[Part]:
        """What is missing and not inside something else that is."""
        marks = {part.mark for part in self.missing}
        return [part for part in self.missing if part.around not in marks]

    def counts(self, kind: Kind) -> tuple[int, int]:
        """How many parts of a kind were come by, and how many there are."""
        there = sum(1 for part in self.parts if part.kind == kind)
        return there - sum(1 for part in self.missing if part.kind == kind), there

    @property
    def percent(self) -> float:
        return _percent(len(self.parts) - len(self.missing), len(self.parts))


class Coverage:
    """Notes the steps, cases and error branches that tests come by."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self._flows = [(flow.file, list(parts_of(flow))) for flow in flows]
        self.marks: set[int] = set()

    @property
    def flows(self) -> list[FlowCoverage]:
        """Flow by flow, in file order."""
        return [FlowCoverage(flow, parts, self.marks) for flow, parts in self._flows]

    @property
    def percent(self) -> float:
        """Of all parts of all flows."""
        flows = self.flows
        there = sum(len(flow.parts) for flow in flows)
        return _percent(there - sum(len(flow.missing) for flow in flows), there)

    def as_document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "percent": round(self.percent, 2),
            "flows": [
                {
                    "flow": flow.flow,
                    "percent": round(flow.percent, 2),
                    **{_camel(name): _counted(*flow.counts(kind)) for kind, name in KINDS.items()},
                    "missing": [
                        {
                            "kind": part.kind,
                            "label": part.label,
                            "file": part.place.file,
                            "line": part.place.line,
                            "path": part.place.path,
                        }
                        for part in flow.gaps
                    ],
                }
                for flow in self.flows
            ],
        }


def _counted(covered: int, there: int) -> dict[str, int]:
    return {"covered": covered, "all": there}


def _camel(name: str) -> str:
    return "errorBranches" if name == "error branches" else name


class CoveredMocks(Mocks):
    """Mocks that note in a coverage what runs."""

    coverage: Coverage

    def step(self, flow: str, step: Step, make: Callable[[], Compiled]) -> Compiled:
        return _marking(super().step(flow, step, make), self.coverage.marks, id(step))

    def block(self, flow: str, steps: list[Step], compiled: Compiled) -> Compiled:
        return _marking(super().block(flow, steps, compiled), self.coverage.marks, id(steps))


def _marking(compiled: Compiled, marks: set[int], mark: int) -> Compiled:
    def run(exchange: Exchange) -> Awaitable[None] | None:
        marks.add(mark)
        return compiled(exchange)

    return run


def _percent(covered: int, there: int) -> float:
    return 100.0 * covered / there if there else 100.0
