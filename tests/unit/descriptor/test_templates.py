"""Step templates, through the reader: what becomes of arguments, and what is told about wrong ones."""

import json
from typing import Any

import pytest

from airdock.builtin import catalogue
from airdock.descriptor.reader import Limits, Reader
from airdock.errors import DescriptorError
from airdock.spec.template import TemplateStep


class Files:
    """Templates by registry path."""

    def __init__(self, **templates: Any) -> None:
        self._templates = templates

    def content(self, path: str) -> tuple[bytes, str] | None:
        name = path.removeprefix("p/").removesuffix(".template")
        found = self._templates.get(name)
        return None if found is None else (json.dumps(found).encode(), path)

    def meant(self, path: str) -> str:
        return "did you mean '/p/t.template'?"


def used(template: Any, **arguments: Any) -> Any:
    """The steps that a use of a template stands for."""
    flow = {"steps": [{"type": "template:/p/t", **arguments}]}
    model = Reader(catalogue()).read("flow", json.dumps(flow), "p/f.flow", Files(t=template))
    step = model.steps[0]
    assert isinstance(step, TemplateStep)
    return step.steps


def problems(template: Any, *steps: Any, **others: Any) -> list[str]:
    flow = {"steps": list(steps)}
    with pytest.raises(DescriptorError) as raised:
        Reader(catalogue()).read("flow", json.dumps(flow), "p/f.flow", Files(t=template, **others))
    return [f"{problem.message}: {problem.hint}" for problem in raised.value.problems]


def output(message: Any) -> dict[str, Any]:
    return {"type": "output", "message": message}


@pytest.mark.parametrize(
    ("parameter", "argument", "message", "expected"),
    [
        ({}, "Joe", "{{a}}", "Joe"),
        ({}, "Joe", "Dear {{a}}!", "Dear Joe!"),
        ({"type": "integer"}, 5, "{{a}} of {{a}}", "5 of 5"),
        ({"type": "object"}, {"x": [1]}, "{{a}}", {"x": [1]}),
        ({"type": "any"}, {"x": 1}, {"deep": ["{{a}}", "n {{b}}"]}, {"deep": [{"x": 1}, "n 7"]}),
        ({}, "plain", "{{ a }} stays", "{{ a }} stays"),
    ],
)
def test_an_argument_in_a_text(parameter: Any, argument: Any, message: Any, expected: Any) -> None:
    template = {"parameters": {"a": parameter, "b": {"type": "integer", "default": 7}}, "steps": [output(message)]}
    (step,) = used(template, a=argument)
    assert step.message.value == expected


@pytest.mark.parametrize(
    ("type", "argument", "expected"),
    [
        ("text", 'a "b"', "x = 'a \"b\"'"),
        ("text", "${body.n}", "x = (body.n)"),
        ("text", "a ${body.n}", "x = 'a ' & $string(body.n)"),
        ("number", 5, "x = 5"),
        ("boolean", True, "x = true"),
        ("list", ["a", "${body.n}"], "x = ['a', body.n]"),
        ("expression", "body.n + 1", "x = (body.n + 1)"),
    ],
)
def test_an_argument_in_an_expression_is_its_value(type: str, argument: Any, expected: str) -> None:
    template = {
        "parameters": {"a": {"type": type}},
        "steps": [{"type": "filter", "expression": "x = {{a}}", "steps": [output("${ {{a}} }")]}],
    }
    (step,) = used(template, a=argument)
    reference = Reader(catalogue()).read("flow", json.dumps({"steps": [{**output("x"), "when": expected}]}), "p/f.flow")
    for document in ({"x": 5, "body": {"n": 4}}, {"x": True, "body": {"n": 4}}, {"x": "a 4", "body": {"n": 4}}):
        found = step.expression.evaluate_document(document)
        assert found == reference.steps[0].when.evaluate_document(document)


def test_steps_as_an_argument_are_steps_with_paths_inside() -> None:
    template = {
        "parameters": {"then": {"type": "steps"}},
        "steps": [{"type": "flow", "flow": {"steps": "{{then}}"}}],
    }
    (step,) = used(template, then=[output("a"), {**output("b"), "name": "second"}])
    assert [(each.path, each.message.value) for each in step.flow.steps] == [("1.1.1", "a"), ("1.1.second", "b")]


def test_a_field_that_is_a_parameter_left_out_is_left_out() -> None:
    template = {
        "parameters": {"status": {"type": "integer", "required": False}},
        "steps": [{"type": "respond", "status": "{{status}}", "body": {"a": 1, "b": "{{status}}"}}],
    }
    (step,) = used(template)
    assert (step.status, step.body.value) == (None, {"a": 1})
    (step,) = used(template, status=201)
    assert (step.status.value, step.body.value) == (201, {"a": 1, "b": 201})


def test_templates_use_others_and_hand_arguments_on() -> None:
    inner = {"parameters": {"a": {}, "n": {"type": "integer", "default": 1}}, "steps": [output("{{a}}{{n}}")]}
    uses = [{"type": "template:/p/inner", "a": "<{{who}}>"}, {"type": "template:/p/inner", "a": "{{who}}"}]
    template = {"parameters": {"who": {}}, "steps": uses}
    flow = {"steps": [{"type": "template:/p/t", "name": "x", "description": "d", "when": "true", "who": "Joe"}]}
    model = Reader(catalogue()).read("flow", json.dumps(flow), "p/f.flow", Files(t=template, inner=inner))
    first, second = model.steps[0].steps  # type: ignore[attr-defined]
    assert (first.steps[0].message.value, second.steps[0].message.value) == ("<Joe>1", "Joe1")
    assert (first.path, second.steps[0].path) == ("x.1", "x.2.1")


def test_the_same_template_twice_has_paths_of_each_use() -> None:
    template = {"steps": [output("a")]}
    flow = {"steps": [{"type": "Template:/p/t"}, {"type": "template:/p/t.template", "name": "b"}]}
    model = Reader(catalogue()).read("flow", json.dumps(flow), "p/f.flow", Files(t=template))
    assert [step.steps[0].path for step in model.steps] == ["1.1", "b.1"]  # type: ignore[attr-defined]


TEXT = {"parameters": {"a": {}}, "steps": [output("{{a}}")]}
COUNT = {"parameters": {"a": {"type": "duration"}}, "steps": [{"type": "delay", "duration": "{{a}}"}]}
OPTIONS = {"parameters": {"a": {"options": ["low", "high"]}}, "steps": [output("{{a}}")]}
USE = "template:/p/t"


@pytest.mark.parametrize(
    ("template", "step", "expected"),
    [
        (TEXT, {"type": USE}, "`template:/p/t` needs `a`"),
        (TEXT, {"type": USE, "b": "x"}, "`template:/p/t` has no field 'b'"),
        (TEXT, {"type": USE, "a": {"x": 1}}, "`a` must be a text, not an object"),
        (COUNT, {"type": USE, "a": "soon"}, "`a` must be a duration"),
        (OPTIONS, {"type": USE, "a": "hihg"}, "`a` cannot be 'hihg': did you mean 'high'?"),
        (TEXT, {"type": "template:/p/u"}, "there is no template '/p/u.template': did you mean '/p/t.template'?"),
        (TEXT, {"type": "template:p/t"}, 'must begin with "/"'),
        (TEXT, {"type": "template:/p/../t"}, 'must be a path without "." and ".."'),
        ({"steps": [output("{{b}}")]}, {"type": USE}, "names 'b', which is no parameter of the template"),
        ({"steps": [output(1)]}, {"type": USE}, "used at p/f.flow:1"),
        (
            {"steps": [{"type": USE}]},
            {"type": USE},
            "templates use each other without end: p/t.template → p/t.template",
        ),
        ({"parameters": 5, "steps": []}, {"type": USE}, "must be an object"),
        (
            {"parameters": {"a": {"type": "list"}}, "steps": [output("x {{a}}")]},
            {"type": USE, "a": [1]},
            "the argument for 'a' is a list: let the placeholder stand alone",
        ),
    ],
)
def test_what_is_wrong_is_told(template: Any, step: Any, expected: str) -> None:
    assert any(expected in problem for problem in problems(template, step)), problems(template, step)


def test_templates_that_grow_without_end_meet_the_bound_of_steps() -> None:
    doubling = {f"t{n}": {"steps": [{"type": f"template:/p/t{n + 1}"}] * 10} for n in range(10)}
    doubling["t10"] = {"steps": [output("x")]}
    flow = json.dumps({"steps": [{"type": "template:/p/t0"}]})
    with pytest.raises(DescriptorError) as raised:
        Reader(catalogue(), Limits(steps=1000)).read("flow", flow, "p/f.flow", Files(**doubling))
    assert raised.value.problems[-1].code == "descriptor.tooLarge"


def read_template(template: Any) -> Any:
    return Reader(catalogue()).read("template", json.dumps(template), "p/t.template", Files())


def test_a_template_is_checked_by_itself_with_examples() -> None:
    level = {"type": "log", "message": "x", "level": "{{level}}"}
    model = read_template({"parameters": {"level": {"example": "warning"}}, "steps": [level]})
    assert (model.name, model.parameters["level"].type) == ("t", "text")
    with pytest.raises(DescriptorError, match="give the parameter 'level' an `example`"):
        read_template({"parameters": {"level": {}}, "steps": [level]})


def test_a_parameter_may_not_have_the_name_of_a_common_field() -> None:
    with pytest.raises(DescriptorError, match="'timeout' is a field that every step has"):
        read_template({"parameters": {"timeout": {}}, "steps": [output("{{timeout}}")]})
