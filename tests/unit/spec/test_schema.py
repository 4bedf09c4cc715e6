import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from airdock.builtin import catalogue as builtin
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS, Project
from airdock.spec.fields import Spec, field
from airdock.spec.schema import descriptor_schema, schema_of
from airdock.spec.step import Step
from airdock.spec.words import describe

DATA = sorted((Path(__file__).parent / "data").glob("*.flow"))


def errors(kind: str, value: Any, catalogue: Catalogue) -> list[list[str | int]]:
    """Where a value breaks the schema of a kind of descriptor."""
    validator = jsonschema_rs.Draft202012Validator(descriptor_schema(kind, catalogue), offline=True)
    return [error.instance_path for error in validator.iter_errors(value)]


@pytest.mark.parametrize("kind", DESCRIPTORS)
def test_schemas_are_schemas(kind: str, catalogue: Catalogue) -> None:
    for steps in (catalogue, builtin(), Catalogue([])):
        schema = descriptor_schema(kind, steps)
        jsonschema_rs.meta.validate(schema)
        assert json.loads(json.dumps(schema)) == schema
        jsonschema_rs.Draft202012Validator(schema, offline=True)


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_good_flows_fit(path: Path) -> None:
    assert errors("flow", json.loads(path.read_text(encoding="utf-8")), builtin()) == []


@pytest.mark.parametrize(
    ("step", "path"),
    [
        ({"type": "sya"}, ["steps", 0, "type"]),
        ({}, ["steps", 0]),
        ({"type": "say"}, ["steps", 0]),
        ({"type": "say", "message": 5}, ["steps", 0, "message"]),
        ({"type": "SAY", "message": 5}, ["steps", 0, "message"]),
        ({"type": "say", "message": "x", "mesage": "y"}, ["steps", 0]),
        ({"type": "say", "message": "x", "timeout": "soon"}, ["steps", 0, "timeout"]),
        ({"type": "say", "message": "x", "status": 99}, ["steps", 0, "status"]),
        ({"type": "say", "message": "x", "status": "high"}, ["steps", 0, "status"]),
        ({"type": "say", "message": "x", "retry": {"attempts": 0}}, ["steps", 0, "retry", "attempts"]),
        ({"type": "choose", "cases": []}, ["steps", 0, "cases"]),
        (
            {"type": "choose", "cases": [{"key": "a", "flow": {"steps": [{"type": "no"}]}}]},
            ["steps", 0, "cases", 0, "flow", "steps", 0, "type"],
        ),
    ],
)
def test_what_the_reader_refuses_does_not_fit(step: Any, path: list[str | int], catalogue: Catalogue) -> None:
    assert path in errors("flow", {"steps": [step]}, catalogue)


@pytest.mark.parametrize(
    "step",
    [
        {"type": "Say", "message": "x", "when": "a = 1", "timeout": "250ms"},
        {"type": "say", "message": "x", "status": "${body.status}"},
        {"type": "say", "message": "x", "status": "204"},
        {"type": "CHOOSE", "cases": [{"key": "a", "flow": {"name": "b", "steps": []}}]},
    ],
)
def test_what_the_reader_takes_fits(step: Any, catalogue: Catalogue) -> None:
    assert errors("flow", {"steps": [step]}, catalogue) == []


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("job", {"expression": "0/5 * * * * ?", "type": "JavaScript", "module": "/p/a.js"}, True),
        ("job", {"expression": "* * * * *", "type": "javascript", "module": "/p/a.js"}, False),
        ("job", {"expression": "0/5 * * * * ?", "type": "ruby", "module": "/p/a.js"}, False),
        ("listener", {"trigger": "ring", "params": {"line": "a"}, "type": "flow", "module": "/p/a.flow"}, True),
        ("listener", {"trigger": "RING", "params": {"line": "a"}, "type": "flow", "module": "/p/a.flow"}, True),
        ("listener", {"trigger": "ring", "params": {"line": "a"}, "type": "flow", "module": "p/a.flow"}, False),
        ("listener", {"trigger": "ring", "params": {"lines": "a"}, "type": "flow", "module": "/p/a.flow"}, False),
        ("listener", {"trigger": "rang", "type": "flow", "module": "/p/a.flow"}, False),
        ("connection", {"type": "Phone", "number": "555"}, True),
        ("connection", {"type": "phone", "number": "555", "pin": {"secret": "door"}}, True),
        ("connection", {"type": "phone", "number": "555", "pin": "1234"}, False),
        ("connection", {"type": "phone"}, False),
        ("connection", {"type": "fax", "number": "555"}, False),
        ("connection", {"number": "555"}, False),
        ("access", [{"location": "/p", "roles": [{"role": "User"}]}], True),
        ("access", {"location": "/p"}, False),
        ("project", {"config": {"a": [1]}}, True),
        ("project", {"conf": {}}, False),
        ("flow", {"steps": [], "input": {"type": "objekt"}}, False),
        ("flow", {"steps": [], "input": {"type": "object"}, "path": "/orders/{id}"}, True),
    ],
)
def test_descriptors(kind: str, value: Any, fits: bool, catalogue: Catalogue) -> None:
    assert (errors(kind, value, catalogue) == []) is fits


def test_editors_find_words_defaults_and_examples(catalogue: Catalogue) -> None:
    definitions = descriptor_schema("flow", catalogue)["$defs"]
    words = definitions["step"]["properties"]["type"]["anyOf"][0]
    assert words == {"enum": ["choose", "say"], "enumDescriptions": ["Chooses a flow.", "Says something."]}
    fields = definitions["say"]["properties"]
    assert fields["message"]["description"] == "What | who."
    assert fields["message"]["examples"] == ["Hello ${body.name}"]
    assert fields["wait"]["default"] == "1s"
    assert fields["token"]["writeOnly"]
    assert "default" not in fields["token"]


def test_elements_of_one_name_are_kept_apart(choose: type[Step]) -> None:
    class Case(Spec):
        """Another."""

        size: int = field(kinds.Size(), "Size.", default=1024)

    class Other(Step):
        """Other."""

        type = "other"
        case: Case | None = field(kinds.Record(Case), "Case.")

    definitions = descriptor_schema("flow", Catalogue([choose, Other]))["$defs"]
    assert "key" in definitions["Case"]["properties"]
    assert "size" in definitions["Case2"]["properties"]


def test_an_element_without_steps_has_no_definitions(catalogue: Catalogue) -> None:
    class Plain(Spec):
        """Plain."""

        either: Any = field(kinds.OneOf((kinds.Boolean(), kinds.Number(0))), "Either.")

    schema = schema_of(Plain, catalogue)
    assert "$defs" not in schema
    assert schema["properties"]["either"]["anyOf"] == [{"type": "boolean"}, {"type": "number", "minimum": 0}]
    assert "step" in schema_of(Project, catalogue)["$defs"]


EVERY_KIND = (
    *(kinds.Text(), kinds.Boolean(), kinds.Integer(), kinds.Number(), kinds.Duration(), kinds.Size(), kinds.Literal()),
    *(kinds.Scalar(), kinds.JsonSchema(), kinds.Template(), kinds.Expression(), kinds.Steps(), kinds.Flow()),
    *(kinds.Module(), kinds.Choice(("a",)), kinds.ListOf(kinds.Text()), kinds.MapOf(kinds.Text())),
    *(kinds.Record(Project), kinds.OneOf((kinds.Text(), kinds.Boolean()))),
    *(kinds.Params(), kinds.Cron(), kinds.TimeZone()),
)


def test_every_kind_has_a_schema_and_words(catalogue: Catalogue) -> None:
    assert {type(kind) for kind in EVERY_KIND} == set(kinds.Kind.__subclasses__())
    for kind in EVERY_KIND:
        element = type("Element", (Spec,), {"__doc__": "Element.", "value": field(kind, "Value.")})
        jsonschema_rs.meta.validate(schema_of(element, catalogue))
        assert describe(kind)


def test_a_kind_without_a_schema_is_a_mistake_in_the_code(catalogue: Catalogue) -> None:
    class Element(Spec):
        """Element."""

        odd: Any = field(kinds.Kind(), "Odd.")

    with pytest.raises(TypeError, match="Kind has no schema"):
        schema_of(Element, catalogue)


@pytest.mark.parametrize(
    ("step", "fits"),
    [
        ({"format": "commas"}, True),
        ({"format": "commas", "delimiter": ";", "name": "x", "rows": []}, True),
        ({"format": "plain"}, True),
        ({"format": "plain", "delimiter": ";"}, False),
        ({"format": "commas", "delimeter": ";"}, False),
        ({"format": "commas", "delimiter": 5}, False),
        ({"format": "other"}, False),
        ({"delimiter": ";"}, False),
        ({}, False),
    ],
)
def test_fields_that_depend_on_a_word(step: Any, fits: bool, writing: Catalogue) -> None:
    assert (errors("flow", {"steps": [{"type": "write", **step}]}, writing) == []) is fits


def test_editors_find_the_fields_of_a_word(writing: Catalogue) -> None:
    further = descriptor_schema("flow", writing)["$defs"]["format-commas"]
    assert further["description"] == "Commas."
    assert further["properties"]["delimiter"]["examples"] == [";"]
