from collections.abc import Callable
from typing import Any

import pytest

from airdock.testing import CaseResult, TestReport, run_tests
from tests.unit.flows import Flows

Run = Callable[..., CaseResult]


@pytest.fixture
def run(flows: Flows) -> Run:
    """Runs one case of the flow `p/f.flow`."""

    def run_case(steps: list[Any], case: dict[str, Any], **more: Any) -> CaseResult:
        flows.write("p/f.flow", {"steps": steps, **more.pop("flow", {})})
        flows.write("p/f.test.json", {"cases": [{"name": "it", **case}], **more})
        report = run_tests(flows.folder)
        assert not report.problems, report.problems
        [result] = report.cases
        return result

    return run_case


def messages(result: CaseResult) -> list[str]:
    """What failed."""
    return [failure.message for failure in result.failures]


__all__ = ["Run", "TestReport", "messages"]
