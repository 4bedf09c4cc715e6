"""What of the flows the tests came by."""

from typing import Any

from airdock.testing import run_tests
from airdock.testing.runner.coverage import Coverage
from tests.unit.flows import Flows, output

STEPS = [
    {
        "type": "condition",
        "name": "who",
        "cases": [
            {"key": "name", "value": "Joe", "flow": {"steps": [output("Joe", name="joe")]}},
            {"when": "request.query.n", "flow": {"properties": {"n": 1}, "steps": []}},
        ],
        "otherwise": {"steps": []},
    },
    {
        "type": "try",
        "steps": [{"type": "throw", "when": "request.query.bad", "code": "a.b"}],
        "catch": [{"on": ["a.*"], "when": "true", "steps": []}, {"steps": [output("other", name="other")]}],
    },
    {"type": "filter", "expression": "request.query.n", "steps": [output("few", name="few")]},
]


def covered(flows: Flows, *queries: dict[str, Any]) -> Coverage:
    flows.write("p/f.flow", {"steps": STEPS, "onError": [{"on": ["x"], "steps": []}]})
    cases = [{"name": str(number), "send": {"query": query}} for number, query in enumerate(queries)]
    flows.write("p/f.test.json", {"cases": cases})
    report = run_tests(flows.folder, coverage=True)
    assert report.passed
    coverage: Coverage = report.coverage
    return coverage


def gaps(coverage: Coverage) -> list[str]:
    return [part.label for flow in coverage.flows for part in flow.gaps]


def test_steps_cases_and_error_branches(flows: Flows) -> None:
    coverage = covered(flows, {"name": "Joe"})
    [flow] = coverage.flows
    assert [flow.counts(kind) for kind in ("step", "case", "error")] == [(4, 7), (1, 3), (0, 3)]
    assert gaps(coverage) == [
        "case 2 of condition who (request.query.n)",
        "otherwise of condition who",
        "throw 2.1",
        "catch 1 of try 2 (a.*; true)",
        "catch 2 of try 2",
        "output 3.few",
        "onError 1 (x)",
    ]
    assert round(coverage.percent, 1) == 38.5


def test_what_other_tests_come_by_is_covered_too(flows: Flows) -> None:
    coverage = covered(flows, {"name": "Joe"}, {"n": "1"}, {"bad": "1"})
    assert gaps(coverage) == ["catch 2 of try 2", "onError 1 (x)"]


def test_flows_that_nothing_tests_count(flows: Flows) -> None:
    flows.write("p/none.flow", {"steps": [output()]})
    coverage = covered(flows, {})
    assert [(flow.flow, flow.percent) for flow in coverage.flows][1] == ("p/none.flow", 0)


def test_the_steps_of_a_template_count_where_it_is_used(flows: Flows) -> None:
    step = output("${body}", name="say", when="{{loud}}")
    flows.write("p/x.template", {"parameters": {"loud": {"type": "boolean", "example": True}}, "steps": [step]})
    steps = [{"type": "template:/p/x", "loud": True}, {"type": "template:/p/x", "loud": False}]
    flows.write("p/f.flow", {"steps": steps})
    flows.write("p/f.test.json", {"cases": [{"name": "a"}]})
    assert gaps(run_tests(flows.folder, coverage=True).coverage) == ["output 2.say"]


def test_for_programs(flows: Flows) -> None:
    document = covered(flows, {"name": "Joe"}).as_document()
    assert document["percent"] == 38.46
    [flow] = document["flows"]
    assert flow["errorBranches"] == {"covered": 0, "all": 3}
    assert flow["missing"][0] == {
        "kind": "case",
        "label": "case 2 of condition who (request.query.n)",
        "file": "p/f.flow",
        "line": 1,
        "path": "$.steps[0].cases[1]",
    }


def test_a_folder_without_flows() -> None:
    assert Coverage([]).percent == 100
