from typing import Any

import pytest

from airdock.lint.rules.property_never_set import CODE
from tests.unit.lint.finding import OUTPUT, SCRIPT, call, case, found, problems_in

READS: dict[str, Any] = {"type": "output", "message": "${properties.total}"}


def test_a_property_that_nothing_sets() -> None:
    assert found(CODE, [READS]) == ["$.steps[0].message nothing sets the property 'total' that is read here"]
    assert len(found(CODE, [{**OUTPUT, "when": "$exists(properties.total)"}])) == 1


def test_the_name_that_was_meant() -> None:
    (problem,) = problems_in({"p/a.flow": {"properties": {"totall": 1}, "steps": [READS]}})
    assert (problem.hint, problem.severity) == ("did you mean 'totall'?", "warning")


@pytest.mark.parametrize(
    "step",
    [
        {"type": "set", "properties": {"total": 1}},
        {"type": "output", "message": "x", "properties": {"total": 1}},
        {"type": "transform", "expression": "1", "result": "total"},
        {"type": "flow", "flow": {"properties": {"total": 1}, "steps": []}},
        {"type": "condition", "cases": [{**case("a"), "flow": {"properties": {"total": 1}, "steps": []}}]},
        {"type": "idempotent", "key": "body.id", "duplicate": "total", "steps": [OUTPUT]},
        SCRIPT,
        {"type": "javascript", "module": "/p/s.js"},
        call("b.flow"),
        {"type": "wireTap", "module": "/p/b.flow"},
        {"type": "wireTap", "flow": {"steps": [SCRIPT]}},
    ],
)
def test_what_sets_it_or_may_set_it(step: Any) -> None:
    assert found(CODE, [READS, step], b_flow={"properties": {"total": 2}, "steps": []}) == []


def test_a_flow_that_calls_it_sets_it() -> None:
    caller = {"properties": {"total": 1}, "steps": [call("a.flow")]}
    assert found(CODE, [READS], b_flow=caller) == []
    assert found(CODE, [READS], b_flow={"steps": [SCRIPT, call("c.flow")]}, c_flow={"steps": [call("a.flow")]}) == []
    assert len(found(CODE, [READS], b_flow={"steps": [call("a.flow")]}, c_flow=caller | {"steps": []})) == 1


def test_a_job_gives_parameters() -> None:
    job = {"expression": "0 0 0 * * ?", "type": "flow", "module": "/p/a.flow", "parameters": {"total": 1}}
    assert found(CODE, [READS], nightly_job=job) == []


def test_handlers_of_the_project_set_and_read() -> None:
    sets = {"onError": [{"steps": [{"type": "set", "properties": {"total": 1}}]}]}
    assert found(CODE, [READS], project_json=sets) == []
    reads = {"onError": [{"steps": [READS]}]}
    project, flow = "p/project.json", "p/a.flow"
    assert [each.place.file for each in problems_in({project: reads, flow: {"steps": []}})] == [project]
    assert problems_in({project: reads, flow: {"properties": {"total": 1}, "steps": []}}) == []


def test_a_key_of_a_condition_may_be_a_parameter_of_the_request() -> None:
    assert found(CODE, [{"type": "condition", "cases": [case("a", key="total")]}]) == []


def test_a_read_of_all_properties_names_none() -> None:
    assert found(CODE, [{"type": "output", "message": "${properties}"}, {"type": "output", "message": "${$}"}]) == []


def test_a_listener_gives_its_message() -> None:
    reads = {"type": "output", "message": "${properties.message.id} ${properties.messages[0].id}"}
    listener = {"trigger": "message", "params": {"topic": "t"}, "type": "flow", "module": "/p/a.flow"}
    assert found(CODE, [reads], taken_listener=listener) == []
    assert len(found(CODE, [reads])) == 2
