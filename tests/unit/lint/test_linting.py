"""Which rules are asked, and what comments and settings silence."""

from typing import Any

import pytest

from airdock.codes import LINT
from airdock.lint.rules import RULES
from tests.unit.lint.finding import OUTPUT, codes, problems_in

IDLE: dict[str, Any] = {"type": "try", "steps": [OUTPUT]}
CODE = "lint.idleTry"
JSON = '{"steps": [\n  %s{"type": "try", "steps": []}%s\n]}'


def text_codes(text: str, file: str = "p/a.flow", **files: Any) -> list[tuple[str, int]]:
    return [(each.code, each.place.line) for each in problems_in({file: text, **files})]


def test_each_code_has_a_rule_and_each_rule_a_code() -> None:
    assert set(RULES) | {"lint.uselessIgnore"} == set(LINT)


@pytest.mark.parametrize("code", [code for code, each in LINT.items() if each.example is not None])
def test_the_example_of_a_rule_shows_it(code: str) -> None:
    example: Any = LINT[code].example
    flow = example if "steps" in example and "type" not in example else {"steps": [example]}
    told = problems_in({"shop/a.flow": flow}, enable=(code,))
    assert code in [each.code for each in told]
    assert {each.severity for each in told if each.code == code} == {LINT[code].severity}


def test_a_comment_on_the_line_and_above_it() -> None:
    assert text_codes(JSON % ("", "")) == [(CODE, 2)]
    assert text_codes(JSON % ("", f" // airdock: ignore {CODE}")) == []
    assert text_codes(JSON % (f"/* airdock: ignore {CODE} */ ", "")) == []
    assert text_codes(JSON % (f"// airdock: ignore {CODE} -- there will be a catch\n  ", "")) == []
    assert text_codes(f"steps:\n  # airdock: ignore {CODE}\n  - type: try\n    steps: []\n", "p/a.flow.yaml") == []
    assert text_codes(f"steps:\n  - type: try # airdock: ignore {CODE}\n    steps: []\n", "p/a.flow.yaml") == []


def test_a_comment_behind_something_is_not_for_the_next_line() -> None:
    text = '{"steps": [ // airdock: ignore lint.idleTry\n  {"type": "try", "steps": []}\n]}'
    assert text_codes(text) == [("lint.uselessIgnore", 1), (CODE, 2)]


def test_several_codes_and_several_comments() -> None:
    lines = f"// airdock: ignore {CODE}, lint.constantExpression\n  "
    step = '{"steps": [\n  %s{"type": "try", "when": "true", "steps": []}\n]}'
    assert text_codes(step % lines) == []
    lines = f"// airdock: ignore {CODE}\n  // airdock: ignore lint.constantExpression\n  "
    assert text_codes(step % lines) == []


def test_a_comment_in_a_text_is_none() -> None:
    text = '{"description": "// airdock: ignore lint.idleTry", "steps": [{"type": "try", "steps": []}]}'
    assert text_codes(text) == [(CODE, 1)]


def test_a_comment_for_nothing() -> None:
    (problem,) = problems_in({"p/a.flow": '{"steps": []} // airdock: ignore lint.idletry'})
    assert (problem.code, problem.hint) == ("lint.uselessIgnore", "did you mean 'lint.idleTry'?")
    (problem,) = problems_in({"p/a.flow": f'{{"steps": []}} // airdock: ignore {CODE}'})
    assert problem.message == "`lint.idleTry` finds nothing in line 1"
    # Of a rule that is not asked nobody knows.
    assert text_codes('{"steps": []} // airdock: ignore lint.missingTimeout') == []


def test_a_project_chooses_its_rules() -> None:
    flow = {"steps": [IDLE, {"type": "set", "properties": {"x": 1}}]}
    assert codes(flow) == [CODE]
    assert codes(flow, project_json={"lint": {"ignore": [CODE]}}) == []
    assert codes(flow, project_json={"lint": {"enable": ["lint.propertyNeverRead"]}}) == [
        CODE,
        "lint.propertyNeverRead",
    ]


def test_a_caller_chooses_too() -> None:
    files = {"p/a.flow": {"steps": [IDLE, {"type": "set", "properties": {"x": 1}}]}}
    assert problems_in(files, ignore=(CODE,)) == []
    told = [each.code for each in problems_in(files, enable=("lint.propertyNeverRead",))]
    assert told == [CODE, "lint.propertyNeverRead"]
    assert problems_in(files, enable=("lint.propertyNeverRead",), ignore=(CODE, "lint.propertyNeverRead")) == []


def test_what_is_found_stands_in_the_order_of_the_file() -> None:
    flow = {"steps": [{"type": "stop"}, {**IDLE, "when": "true"}]}
    places = [(each.place.line, each.place.column) for each in problems_in({"p/a.flow": flow})]
    assert places == sorted(places)
    assert len(places) == 3


def test_a_step_template_is_looked_at_without_its_arguments() -> None:
    template = {
        "parameters": {"style": {"default": "short"}},
        "steps": [{"type": "filter", "expression": "{{style}} = 'long'", "steps": []}, IDLE],
    }
    (problem,) = problems_in({"p/t.template": template})
    assert (problem.code, problem.place.file) == (CODE, "p/t.template")
