"""`airdock schema`."""

from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from airdock.spec.descriptors import DESCRIPTORS
from tests.unit.cli.program import Program


@pytest.mark.parametrize("kind", DESCRIPTORS)
def test_every_kind_has_a_schema(airdock: Program, kind: str) -> None:
    ended = airdock("schema", kind)
    assert ended.code == 0
    assert ended.json()["title"] == kind
    Draft202012Validator(ended.json())


def test_the_schema_of_flows_takes_a_flow_and_refuses_another(airdock: Program) -> None:
    validator = Draft202012Validator(airdock("schema", "FLOW").json())
    assert validator.is_valid({"steps": [{"type": "output", "message": "x"}]})
    assert not validator.is_valid({"steps": [{"type": "output", "mesage": "x"}]})


def test_an_unknown_kind_gets_the_nearest(airdock: Program) -> None:
    assert airdock("schema", "flwo") == (
        2,
        "",
        "airdock: there is no kind of descriptor 'flwo'\n  did you mean 'flow'?\n",
    )
    assert "connection" in airdock("schema", "zzz").err


def test_an_editor_is_set_up(airdock: Program, tmp_path: Path) -> None:
    ended = airdock("schema", "--vscode")
    assert ended.code == 0
    assert {".airdock/schemas/flow.schema.json", ".vscode/settings.json"} <= set(ended.out.splitlines())
    assert airdock("schema", "--vscode").out == "everything is there already\n"
    (tmp_path / "other").mkdir()
    assert airdock("schema", "--vscode", "--dir", "other").out.startswith("other/.airdock/")


def test_settings_that_cannot_be_read_are_told(airdock: Program, tmp_path: Path) -> None:
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/settings.json").write_text("{,}")
    ended = airdock("schema", "--vscode")
    assert ended.code == 1
    assert ".vscode/settings.json:1:2" in ended.err
    assert "nothing was written" in ended.err
    assert airdock("schema", "--vscode", "--dir", "none").code == 2


def test_nothing_asked_for(airdock: Program) -> None:
    ended = airdock("schema")
    assert ended.code == 2
    assert "the kinds are flow, job" in ended.err
