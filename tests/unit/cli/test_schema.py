"""`airdock schema`."""

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
