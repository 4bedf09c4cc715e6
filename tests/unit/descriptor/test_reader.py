import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.builtin import catalogue as builtin
from airdock.codes import CODES
from airdock.descriptor import Limits, Reader, kind_of
from airdock.descriptor.reader import READ
from airdock.errors import DescriptorError, Problem
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.kinds import Kind

Refused = Callable[..., list[Problem]]

WORDS = st.sampled_from(
    [
        *("type", "say", "choose", "attempt", "many", "steps", "cases", "flow", "name", "message", "when", "key"),
        *("input", "onError", "retry", "attempts", "properties", "timeout", "module", "status"),
        *("5s", "${", "${a}", "/p/a.js"),
    ]
)
TEXTS = WORDS | st.text(max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)
KINDS = st.sampled_from(list(DESCRIPTORS))


def read_or_refused(reader: Reader, kind: str, content: str | bytes, file: str) -> None:
    for problem in problems_of(reader, kind, content, file):
        assert problem.code in CODES
        assert problem.message
        assert problem.place.file == file
        assert problem.place.line >= 1
        assert problem.place.column >= 1
        assert problem.place.path.startswith("$")


def problems_of(reader: Reader, kind: str, content: str | bytes, file: str) -> list[Problem]:
    try:
        reader.read(kind, content, file)
    except DescriptorError as error:
        return error.problems or [Problem("", "refused without a problem")]
    return []


@given(KINDS, VALUES, st.booleans())
def test_any_value_is_read_or_refused(reader: Reader, kind: str, value: Any, indent: bool) -> None:
    read_or_refused(reader, kind, json.dumps(value, indent=2 if indent else None), "p/a.flow")


@given(KINDS, st.binary() | st.text(), st.sampled_from(["a.flow", "a.flow.yaml"]))
def test_any_content_is_read_or_refused(reader: Reader, kind: str, content: str | bytes, file: str) -> None:
    read_or_refused(reader, kind, content, file)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=5).map(lambda step: {"type": "many", **step}), max_size=3))
def test_any_steps_are_read_or_refused(reader: Reader, steps: list[Any]) -> None:
    read_or_refused(reader, "flow", json.dumps({"steps": steps}), "p/a.flow")


def test_every_kind_of_value_can_be_read() -> None:
    assert set(READ) == set(Kind.__subclasses__())


def test_all_problems_are_reported_in_file_order(refused: Refused) -> None:
    problems = refused(
        """{
          "name": 5, "stepz": 1,
          "steps": [
            {"type": "sya"},
            {"type": "say", "message": 5, "timeout": "soon"},
            {"type": "choose", "cases": [{"key": "a", "flow": {"steps": [{"type": "say"}]}}]}
          ],
          "log": "sumary", "name": "b",
        }"""
    )
    assert [(each.place.line, each.place.path) for each in problems] == [
        (2, "$.name"),
        (2, "$.stepz"),
        (4, "$.steps[0].type"),
        (5, "$.steps[1].message"),
        (5, "$.steps[1].timeout"),
        (6, "$.steps[2].cases[0].flow.steps[0]"),
        (8, "$.log"),
        (8, "$.name"),
    ]


def test_a_misspelt_step_of_the_catalogue_that_comes_with_airdock() -> None:
    with pytest.raises(DescriptorError) as caught:
        Reader(builtin()).read("flow", '{"steps": [{"type": "outptu", "message": "hi"}]}', "bad/a.flow")
    assert str(caught.value) == (
        "bad/a.flow:1:21: unknown step type 'outptu': did you mean 'output'? [$.steps[0].type]"
    )


def test_yaml_and_json_are_the_same_flow(reader: Reader) -> None:
    text = "properties: {tier: gold}\nsteps:\n  - type: say\n    message: hi\n"
    from_yaml: Any = reader.read("flow", text, "shop/orders.flow.yaml")
    from_json: Any = reader.read(
        "flow", '{"properties": {"tier": "gold"}, "steps": [{"type": "say", "message": "hi"}]}', "shop/orders.flow"
    )
    assert from_yaml.name == from_json.name == "orders"
    assert from_yaml.steps[0].message.value == from_json.steps[0].message.value == "hi"
    assert (from_yaml.file, from_json.file) == ("shop/orders.flow.yaml", "shop/orders.flow")
    assert from_yaml.steps[0].place.line == 3


def test_a_name_of_its_own_is_kept(reader: Reader) -> None:
    assert reader.read("flow", '{"name": "id", "steps": []}', "a.flow").name == "id"


def test_job(reader: Reader) -> None:
    job = reader.read(
        "job", '{"expression": "0/5 * * * * ?", "type": "JavaScript", "module": "/p/my_job.js"}', "p/my_job.job"
    )
    assert (job.name, job.type, job.module) == ("my_job", "javascript", "p/my_job.js")


def test_job_rules(refused: Refused) -> None:
    (found,) = refused({"expression": "0/5 * * * * ?"}, "job", "p/a.job")
    assert found.message == "nothing to run: give `type` and `module`, or `steps`"
    (found,) = refused({"expression": "* * * * *", "type": "flow", "module": "/p/a.flow"}, "job", "p/a.job")
    assert "a cron expression has 6 or 7 fields, seconds first, not 5" in found.message


def test_listener(reader: Reader) -> None:
    listener = reader.read(
        "listener",
        '{"trigger": "Ring", "params": {"line": "a", "notes": {"b": "${not}"}},'
        ' "steps": [{"type": "say", "message": "x"}]}',
        "p/a.listener",
    )
    assert (listener.params.line, listener.params.notes) == ("a", {"b": "${not}"})
    assert listener.steps is not None
    assert listener.steps[0].path == "1"


def test_access_rules_are_a_list(reader: Reader, refused: Refused) -> None:
    rules = reader.read("access", '[{"location": "/p/secured", "roles": [{"role": "User"}]}]', "p/a.access")
    assert [(rule.location, rule.roles[0].role) for rule in rules] == [("/p/secured", "User")]
    (found,) = refused({"location": "/p"}, "access", "p/a.access")
    assert found.message == "the file must be a list, not an object"


def test_project(reader: Reader) -> None:
    project = reader.read("project", '{"config": {"limit": 5}, "onError": [{"steps": []}]}', "p/project.json")
    assert project.config == {"limit": 5}
    assert project.on_error[0].handled


def test_the_root_must_be_an_object(refused: Refused) -> None:
    assert [each.message for each in refused("[]")] == ["the file must be an object, not a list"]


def test_limits(catalogue: Catalogue) -> None:
    reader = Reader(catalogue, Limits(size=20, depth=2))
    for text in ('{"steps": [], "description": "x"}', '{"steps":[[]]}'):
        with pytest.raises(DescriptorError) as caught:
            reader.read("flow", text, "a.flow")
        assert [each.code for each in caught.value.problems] == ["descriptor.tooLarge"]


def test_nesting_beyond_what_can_be_read_is_a_problem_too(catalogue: Catalogue) -> None:
    with pytest.raises(DescriptorError) as caught:
        Reader(catalogue, Limits(depth=100_000)).read("flow", "[" * 50_000, "a.flow")
    assert [each.code for each in caught.value.problems] == ["descriptor.tooLarge"]


def test_an_unknown_kind_is_a_mistake_of_the_caller(reader: Reader) -> None:
    with pytest.raises(ValueError, match="stream"):
        reader.read("stream", "{}", "a")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("p/a.flow", "flow"),
        ("p/IntegrationServices/a.flow.yaml", "flow"),
        ("a.flow.yml", "flow"),
        ("p/a.job", "job"),
        ("p/a.listener.yaml", "listener"),
        ("p/a.connection", "connection"),
        ("p/a.access", "access"),
        ("p/project.json", "project"),
        ("p/project.yaml", "project"),
        ("project.json", None),
        ("p/q/project.json", None),
        ("p/a.project", None),
        ("p/a.json", None),
        ("p/a.yaml", None),
        ("p/a.FLOW", None),
        ("p/.flow", None),
        ("p/a.js", None),
        ("", None),
    ],
)
def test_kind_of(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
