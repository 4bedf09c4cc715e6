"""What a formatter changes and what it never does."""

import json
from typing import Any

import pytest
from hypothesis import given

from airdock.builtin import catalogue
from airdock.descriptor.reader import Reader
from airdock.errors import DescriptorError
from airdock.formatting import Formatter, formatting
from tests.unit.lint.test_robustness import FLOWS

FORMATTER = Formatter(Reader(catalogue()))


def formatted(text: str, file: str = "a.flow", kind: str | None = "flow") -> str:
    made = FORMATTER.format(text, file, kind)
    assert FORMATTER.format(made, file, kind) == made
    return made


def test_what_an_element_is_stands_first_in_it() -> None:
    assert list(json.loads(formatted('{"steps": [], "name": "f"}'))) == ["name", "steps"]
    text = '{"steps": [{"message": {"name": 1, "type": 2, "b": 3, "a": 4}, "name": "n", "type": "output"}]}'
    (step,) = json.loads(formatted(text))["steps"]
    assert list(step) == ["type", "name", "message"]
    # A message is the author's: its keys are in the answer as they stand.
    assert list(step["message"]) == ["name", "type", "b", "a"]


def test_properties_keep_their_order() -> None:
    text = '{"properties": {"b": 1, "name": 2, "a": 3}, "steps": []}'
    assert list(json.loads(formatted(text))["properties"]) == ["b", "name", "a"]


def test_comments_go_with_their_keys() -> None:
    text = '{\n// of the steps\n"steps": [], // behind\n// of the name\n"name": "x"}'
    assert formatted(text) == '{\n  // of the name\n  "name": "x",\n  // of the steps\n  "steps": [] // behind\n}\n'
    yaml = "steps:\n- message: x # m\n  # t\n  type: output\n"
    assert formatted(yaml, "a.flow.yaml") == "steps:\n  # t\n  - type: output\n    message: x # m\n"


def test_an_alias_stays_behind_its_anchor() -> None:
    text = "steps:\n  - message: &x hello\n    name: *x\n    type: output\n"
    assert formatted(text, "a.flow.yaml") == text


def test_what_is_no_valid_descriptor_keeps_its_order() -> None:
    assert formatted('{"stepz": [], "name": "x"}') == '{\n  "stepz": [],\n  "name": "x"\n}\n'
    assert formatted('{"b": 1, "name": "x"}', "data.json", None) == '{\n  "b": 1,\n  "name": "x"\n}\n'


@pytest.mark.parametrize("file", ["a.flow", "a.flow.yaml"])
def test_line_ends_of_other_systems(file: str) -> None:
    text = '{"steps": [],\r\n"name": "x"\r\n}\r\n'
    assert "\r" not in formatted(text, file)


@pytest.mark.parametrize(
    ("text", "file", "place"),
    [
        ('{"steps": [}', "a.flow", "a.flow:1:12"),
        ("steps: [\n", "a.flow.yaml", "a.flow.yaml:2:1"),
        ('{"a": 1, "a": 2}', "a.flow", "a.flow:1:10"),
        ("a: 1\na: 2\n", "a.flow.yaml", "a.flow.yaml:2:1"),
        ("", "a.flow", "a.flow:1:1"),
        ('? "a\n  b"\n: 1\n', "a.flow.yaml", "a.flow.yaml:1:3"),
        (b"\xff", "a.flow", "a.flow:1:1"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: Any, file: str, place: str) -> None:
    with pytest.raises(DescriptorError) as refused:
        FORMATTER.format(text, file, "flow")
    assert str(refused.value.problems[0].place) == place


@pytest.mark.parametrize("wrong", ["{}\n", '{\n  "steps": 1\n}\n', '{"steps": [] /* new */}', "{"])
def test_a_layout_that_would_change_something_is_never_given(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setattr(formatting, "_laid_out", lambda *_: wrong)
    with pytest.raises(DescriptorError, match="without a change of what it says"):
        FORMATTER.format('{"steps": []}', "a.flow", "flow")


@given(FLOWS)
def test_any_flow(flow: Any) -> None:
    assert json.loads(formatted(json.dumps(flow))) == flow
    assert json.loads(formatted(json.dumps(flow, indent=4))) == flow
    as_yaml = formatted(json.dumps(flow), "a.flow.yaml")
    assert formatted(as_yaml, "a.flow.yaml") == as_yaml
