"""`airdock steps`."""

import pytest
from jsonschema_rs import Draft202012Validator

from airdock.builtin import catalogue
from airdock.cli import steps
from tests.unit.cli.program import Program


def test_every_step_is_listed_under_its_group(airdock: Program) -> None:
    lines = airdock("steps").out.splitlines()
    assert lines[0] == "Answer and data"
    for step in catalogue():
        assert any(line.split()[:1] == [step.type] and len(line.split()) > 1 for line in lines)


def test_the_list_as_json(airdock: Program) -> None:
    listed = airdock("steps", "--format", "json").json()
    assert [each["type"] for each in listed] == catalogue().names()
    assert all(each["group"] and each["summary"] for each in listed)


def test_one_step(airdock: Program) -> None:
    ended = airdock("steps", "OUTPUT")
    assert ended.code == 0
    assert ended.out.startswith("# `output`\n\nAppends a message to the answer.")
    assert "| `message` |" in ended.out


def test_one_step_as_json_has_its_schema(airdock: Program) -> None:
    step = airdock("steps", "output", "--format", "json").json()
    assert step["type"] == "output"
    assert Draft202012Validator(step["schema"]).is_valid({"message": "x"})


def test_a_terminal_gets_rendered_text(airdock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "has_colours", lambda: True)
    page = airdock("steps", "condition").out
    assert "Runs the flow of the first case that matches" in page
    assert "|---|" not in page


def test_an_unknown_step_gets_the_nearest(airdock: Program) -> None:
    assert airdock("steps", "outptu") == (2, "", "airdock: there is no step type 'outptu'\n  did you mean 'output'?\n")
    assert "`airdock steps` lists them" in airdock("steps", "zzzzz").err
