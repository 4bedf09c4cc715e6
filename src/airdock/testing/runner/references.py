"""What tests name and the flows do not have."""

from collections.abc import Iterator

from airdock.descriptor.names import hint
from airdock.errors import Problem
from airdock.spec.flow_test import FlowTest
from airdock.spec.flow_test.mock import Target
from airdock.testing.runner.bench import Bench
from airdock.testing.runner.outline import parts_of


class References:
    """The steps of all flows, by name and by path."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._names: dict[str, set[str]] = {}

    def problems(self, test: FlowTest, path: str) -> Iterator[Problem]:
        """What is wrong with what a test names: steps that are in no flow, flows that do not work.

        Args:
            path: Of the test's file.
        """
        yield from self._flow_problems(test, path)
        targets: list[Target] = [*test.every_mock]
        for case in test.cases:
            targets += case.expect.calls if case.expect is not None else []
        for target in targets:
            yield from self._target_problems(target)

    def _flow_problems(self, test: FlowTest, path: str) -> Iterator[Problem]:
        flows = {test.tested(path): test.place_of("flow")}
        flows |= {each.flow: each.place_of("flow") for case in test.cases for each in case.messages if each.flow}
        for flow, place in flows.items():
            if self._bench.flow(flow) is None:
                yield Problem("flow.notEnabled", f"the flow {flow!r} cannot be tested: it has problems", place)
                unit = self._bench.space.units.get(flow)
                yield from unit.artefact.problems if unit is not None else ()

    def _target_problems(self, target: Target) -> Iterator[Problem]:
        if not target.step:
            return
        names = self._of(target.in_)
        if target.step not in names:
            where = f"the flow {target.in_!r}" if target.in_ else "no flow"
            message = f"{where} has {'no' if target.in_ else 'a'} step {target.step!r}"
            yield Problem("descriptor.reference", message, target.place_of("step"), hint(target.step, sorted(names)))

    def _of(self, flow: str) -> set[str]:
        if not self._names:
            for each in self._bench.flows:
                self._names[each.file] = {name for part in parts_of(each) for name in part.names}
            self._names[""] = set().union(*self._names.values())
        return self._names.get(flow, set())
