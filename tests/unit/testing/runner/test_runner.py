"""Which tests are run, and when they cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from airdock.testing import CaseResult, TestReport, run_tests
from airdock.testing.runner.junit import junit_xml
from airdock.testing.runner.runner import Runner
from airdock.testing.runner.stand_in_source import ProjectSource
from tests.unit.flows import Flows, output

GOOD = {"cases": [{"name": "good", "expect": {"text": "done"}}]}


def problems(report: TestReport) -> list[str]:
    return [str(problem) for problem in report.problems]


def test_all_files_of_all_projects(flows: Flows) -> None:
    for project in ("a", "b"):
        flows.write(f"{project}/f.flow", {"steps": [output()]})
    flows.write("a/f.test.json", GOOD)
    flows.write("b/TestCases/f.test.yaml", json.dumps(GOOD))
    flows.write("b/more.test.yml", json.dumps({"flow": "/b/f.flow", **GOOD}))
    told: list[CaseResult] = []
    report = run_tests(flows.folder, told=told.append)
    assert [file.shown for file in report.files] == ["a/f.test.json", "b/TestCases/f.test.yaml", "b/more.test.yml"]
    assert report.passed
    assert told == report.cases


def test_some_by_file_or_name(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output()]})
    flows.write("p/f.test.json", {"cases": [{"name": "one"}, {"name": "other"}]})
    assert [case.name for case in run_tests(flows.folder, filter="OTHER").cases] == ["other"]
    assert len(run_tests(flows.folder, filter="f.test").cases) == 2
    assert run_tests(flows.folder, filter="none").files == []


def test_a_case_that_is_skipped(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output()]})
    flows.write("p/f.test.json", {"cases": [{"name": "one", "skip": "later", "expect": {"text": "x"}}]})
    report = run_tests(flows.folder)
    assert [(case.outcome, case.reason) for case in report.cases] == [("skipped", "later")]
    assert report.passed


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({"cases": []}, "`cases` must have at least 1 item"),
        ({"case": []}, "did you mean 'cases'?"),
        ({"cases": [{"name": "a"}, {"name": "a"}]}, "two cases are called 'a'"),
        ({"cases": [{"name": "a", "expect": {"staus": 1}}]}, "did you mean 'status'?"),
        ({"cases": [{"name": "a", "expect": {"that": "a +"}}]}, "the expression ends too early"),
        ({"cases": [{"name": "a", "send": {"json": 1, "text": ""}}]}, "are each a whole body"),
        ({"cases": [{"name": "a", "mocks": [{"reply": {}}]}]}, "name one of flow, script, step"),
        ({"mocks": [{"step": "dnoe"}], **GOOD}, "no flow has a step 'dnoe': did you mean 'done'?"),
        ({"mocks": [{"step": "x", "in": "/p/f.flow"}], **GOOD}, "the flow 'p/f.flow' has no step 'x'"),
        ({"flow": "/p/g.flow", **GOOD}, "there is no 'p/g.flow' to test"),
        ({"cases": [{"name": "a", "send": {"flow": "/p/ff.flow"}}]}, "there is no 'p/ff.flow' to test"),
        ({"mocks": [{"flow": "/p/ff.flow"}], **GOOD}, "there is no 'p/ff.flow' to mock"),
        ({"flow": "/p/bad.flow", **GOOD}, "the flow 'p/bad.flow' cannot be tested: it has problems"),
    ],
)
def test_a_file_that_cannot_be_run(flows: Flows, test: Any, problem: str) -> None:
    flows.write("p/f.flow", {"steps": [output(name="done")]})
    flows.write("p/bad.flow", {"steps": [{"type": "flow", "module": "/p/none.flow"}]})
    flows.write("p/f.test.json", test)
    flows.write("p/good.test.json", {"flow": "/p/f.flow", **GOOD})
    report = run_tests(flows.folder)
    assert problem in problems(report)[0]
    assert not report.passed
    assert report.count("passed") == 1


def test_rules_of_replies(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output(name="done")]})
    for mock, problem in (
        ({"step": "done", "reply": {"real": True, "body": 1}}, "leave `body` or `real` out"),
        ({"step": "done", "reply": {}, "replies": [{}]}, "give `reply` or `replies`"),
        ({"step": "done", "function": "x"}, "`function` belongs to `script`"),
        ({"flow": "/p/f.flow", "in": "/p/f.flow"}, "`in` belongs to `step`"),
    ):
        flows.write("p/f.test.json", {"mocks": [mock], **GOOD})
        assert problem in problems(run_tests(flows.folder))[0]


def test_one_project_by_its_files(tmp_path: Path) -> None:
    rows = {"name": "rows", "rows": "x.csv", "send": {"query": {"n": "${row.n}"}}, "expect": {"text": "${row.n}"}}
    (tmp_path / "x.csv").write_text("n\n1\n2\n")
    files = {
        "IntegrationServices/f.flow": json.dumps({"steps": [output("${request.query.n}")]}).encode(),
        "f.test.json": json.dumps({"cases": [rows]}).encode(),
    }
    runner = Runner(ProjectSource("shop", files), lambda shown: tmp_path / shown.removeprefix("shop").lstrip("/"))
    report = runner.run()
    assert (report.count("passed"), problems(report)) == (2, [])


def test_junit(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [output("a\x01")]})
    cases = [{"name": "good"}, {"name": "bad", "expect": {"text": "<b>"}}, {"name": "late", "skip": "no"}]
    flows.write("p/f.test.json", {"cases": cases})
    flows.write("p/wrong.test.json", "[")
    text = junit_xml(run_tests(flows.folder))
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<testsuites name=\"airdock test\" tests=\"4\"")
    assert 'failures="1" errors="1" skipped="1"' in text
    assert '<failure message="the answer\'s text differs">' in text
    assert "- &lt;b&gt;\n  + a\ufffd" in text
    assert '<skipped message="no"' in text
    assert '<error message="p/wrong.test.json' in text
