"""`airdock check`: every problem of a folder, for people and for programs."""

import json
from typing import Any

import pytest

from airdock.codes import CODES, LINT
from tests.unit.cli.program import Program
from tests.unit.flows import Flows, output

WRONG = """{
  "steps": [
    {"type": "outptu", "message": "x"},
    {"type": "output", "mesage": "x"}
  ]
}
"""


def test_a_good_folder(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output()]})
    flows.write("p/b.flow", {"steps": [output()]})
    ended = airdock("check")
    assert ended == (0, "2 descriptors, no problems\n", "")


def test_one_descriptor_is_told_in_the_singular(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output()]})
    assert airdock("check", ".").out == "1 descriptor, no problems\n"


def test_every_problem_has_its_place_its_line_and_a_caret(airdock: Program, flows: Flows) -> None:
    flows.write("p/good.flow", {"steps": [output()]})
    flows.write("p/wrong.flow", WRONG)
    ended = airdock("check")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "p/wrong.flow:3:14: unknown step type 'outptu': did you mean 'output'? [$.steps[0].type]",
        '    3 |     {"type": "outptu", "message": "x"},',
        "      |              ^",
        "p/wrong.flow:4:24: `output` has no field 'mesage': did you mean 'message'? [$.steps[1].mesage]",
        '    4 |     {"type": "output", "mesage": "x"}',
        "      |                        ^",
        "",
        "2 problems in 1 of 2 descriptors",
    ]


def test_files_are_named_as_seen_from_here(airdock: Program, flows: Flows) -> None:
    flows.write("services/p/wrong.flow", WRONG)
    assert airdock("check", "services").out.startswith("services/p/wrong.flow:3:14: ")


def test_json_is_a_list_of_one_shape(airdock: Program, flows: Flows) -> None:
    flows.write("p/wrong.flow", WRONG)
    flows.write("p/lost.flow", {"steps": [{"type": "flow", "module": "/p/none.flow"}]})
    ended = airdock("check", "--format", "json")
    assert ended.code == 1
    assert ended.json()[1] == {
        "file": "p/wrong.flow",
        "line": 3,
        "column": 14,
        "path": "$.steps[0].type",
        "code": "descriptor.unknownStep",
        "severity": "error",
        "message": "unknown step type 'outptu'",
        "hint": "did you mean 'output'?",
    }
    assert {tuple(problem) for problem in ended.json()} == {tuple(ended.json()[1])}
    assert {problem["code"] for problem in ended.json()} <= set(CODES)


def test_json_of_a_good_folder_is_an_empty_list(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output()]})
    assert airdock("check", "--format", "json") == (0, "[]\n", "")


def test_github(airdock: Program, flows: Flows) -> None:
    flows.write("p/wrong.flow", WRONG)
    ended = airdock("check", "--format", "github")
    assert ended.code == 1
    assert ended.out.splitlines()[0] == (
        "::error file=p/wrong.flow,line=3,col=14,title=descriptor.unknownStep"
        "::unknown step type 'outptu': did you mean 'output'?"
    )


def test_scripts_that_flows_name_are_loaded(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [{"type": "python", "module": "/p/a.py"}]})
    flows.write("p/a.py", "def service(exchange:\n    pass\n")
    ended = airdock("check")
    assert ended.code == 1
    assert ended.out.startswith("p/a.py:1:")


def test_two_flows_that_claim_one_address(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"path": "/x", "steps": [output()]})
    flows.write("p/b.flow", {"path": "/x", "steps": [output()]})
    ended = airdock("check")
    assert ended.code == 1
    assert "/services/flow/p/x belongs to p/a.flow already" in ended.out


def test_an_empty_folder(airdock: Program) -> None:
    ended = airdock("check")
    assert ended.code == 0
    assert ended.out.startswith("no descriptors in ")


def test_a_folder_that_is_missing(airdock: Program) -> None:
    assert airdock("check", "none") == (2, "", "airdock: there is no folder none\n")


def test_a_file_in_place_of_a_folder(airdock: Program, flows: Flows) -> None:
    flows.write("a.flow", {"steps": [output()]})
    assert airdock("check", "a.flow").code == 2


def test_an_unknown_format(airdock: Program) -> None:
    ended = airdock("check", "--format", "xml")
    assert ended.code == 2
    assert "text" in ended.err


def test_secrets_are_those_of_a_server_and_not_missed(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"signature": {"scheme": "github", "secret": "hook"}, "steps": [output()]})
    flows.write("p/b.flow", {"signature": {"scheme": "gitlab", "secret": "hook"}, "steps": [output()]})
    ended = airdock("check")
    assert ended.code == 1
    assert "did you mean 'github'?" in ended.out
    assert "1 problem in 1 of 2 descriptors" in ended.out


IDLE = {"type": "try", "steps": [output()]}


def test_a_warning_is_told_and_does_not_fail(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", '{"steps": [\n  {"type": "try", "steps": []}\n]}')
    ended = airdock("check")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "p/a.flow:2:3: warning: this `try` has neither `catch` nor `finally` [$.steps[0]] (lint.idleTry)",
        '    2 |   {"type": "try", "steps": []}',
        "      |   ^",
        "",
        "1 descriptor, 1 warning",
    ]


def test_strict_fails_for_warnings_and_not_for_hints(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [output()]})
    flows.write("p/unused.js", "")
    ended = airdock("check", "--strict")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 descriptor, 1 hint")
    flows.write("p/b.flow", {"steps": [IDLE, IDLE]})
    ended = airdock("check", "--strict")
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "2 descriptors, 2 warnings, 1 hint")
    flows.write("p/c.flow", WRONG)
    assert airdock("check").out.splitlines()[-1] == "2 problems in 1 of 3 descriptors, 2 warnings"


def test_rules_are_chosen_by_option_by_comment_and_by_project(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [IDLE, {"type": "set", "properties": {"x": 1}}]})
    assert airdock("check", "--ignore", "lint.idleTry").out == "1 descriptor, no problems\n"
    assert "(lint.propertyNeverRead)" in airdock("check", "--enable", "lint.propertyNeverRead").out
    flows.write("p/project.json", {"lint": {"ignore": ["lint.idleTry"]}})
    assert airdock("check", "--strict").code == 0
    flows.write("p/project.json", {})
    flows.write("p/a.flow", '{"steps": [{"type": "try", "steps": []}]} // airdock: ignore lint.idleTry')
    assert airdock("check", "--strict").code == 0


def test_a_rule_that_there_is_not(airdock: Program, flows: Flows) -> None:
    ended = airdock("check", "--ignore", "lint.idletry")
    assert ended == (2, "", "airdock: there is no rule 'lint.idletry'\n  did you mean 'lint.idleTry'?\n")
    flows.write("p/a.flow", {"steps": []})
    flows.write("p/project.json", {"lint": {"ignore": ["lint.idletry"]}})
    assert "did you mean 'lint.idleTry'?" in airdock("check").out


def test_the_rules_are_listed(airdock: Program) -> None:
    lines = airdock("check", "--rules").out.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == list(LINT)
    assert "lint.missingTimeout (hint, off by default)" in lines
    listed = airdock("check", "--rules", "--format", "json").json()
    assert {each["code"]: each["severity"] for each in listed} == {code: rule.severity for code, rule in LINT.items()}


@pytest.mark.parametrize("format", ["text", "json", "github", "sarif"])
def test_a_secret_in_clear_text_is_never_shown(airdock: Program, flows: Flows, format: str) -> None:
    flows.write("p/a.flow", {"steps": [IDLE, {"type": "set", "headers": {"password": "hunter2hunter2"}}]})
    ended = airdock("check", "--format", format)
    assert "lint.idleTry" in ended.out
    assert "lint.clearTextSecret" in ended.out
    assert "hunter2" not in ended.out


def test_github_tells_warnings_and_hints_as_such(airdock: Program, flows: Flows) -> None:
    flows.write("p/a.flow", {"steps": [IDLE]})
    flows.write("p/unused.js", "")
    lines = airdock("check", "--format", "github").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::warning", "::notice"]
    assert "title=lint.idleTry::this `try` has" in lines[0]


def test_sarif(airdock: Program, flows: Flows) -> None:
    flows.write("p/wrong.flow", WRONG)
    flows.write("p/a b.flow", {"steps": [IDLE]})
    log = airdock("check", "--format", "sarif").json()
    (run,) = log["runs"]
    results: list[Any] = run["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("lint.idleTry", "warning"),
        ("descriptor.unknownStep", "error"),
        ("descriptor.unknownField", "error"),
    ]
    location = results[0]["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "p/a%20b.flow"}, "region": {"startLine": 1, "startColumn": 12}}
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in results)
    assert json.dumps(log)
