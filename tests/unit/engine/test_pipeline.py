from typing import Any
from uuid import UUID

import pytest

from tests.unit.flows import Flows, output


async def test_every_run_has_a_uuid7_that_the_answer_names(flows: Flows) -> None:
    ids = [(await flows.run([output("${run.id}")])).text for _ in range(3)]
    assert len(set(ids)) == 3
    assert sorted(ids) == ids
    assert UUID(ids[0]).version == 7


async def test_expressions_see_the_run_and_the_request(flows: Flows) -> None:
    text = (
        "${run.flow} ${run.project} ${run.attempt} ${request.method} ${request.path} ${$join(request.queryAll.a, '+')}"
    )
    result = await flows.run([output(text)], query="a=1&a=2")
    assert result.text == "p/f.flow p 1 GET /services/flow/p/f.flow 1+2"


async def test_the_trail_has_steps_in_sub_flows(flows: Flows) -> None:
    case = {"key": "n", "value": "any", "flow": {"name": "welcome", "steps": [output("a"), output("b", name="last")]}}
    result = await flows.run([{"type": "condition", "cases": [case]}], query="n=1")
    assert result.run is not None
    assert result.run.steps == ["1", "1.welcome.1", "1.welcome.last"]


async def test_an_answer_that_cannot_be_written_fails_the_run(flows: Flows) -> None:
    flows.write("p/s.py", "def service(exchange):\n    exchange.response.headers['x'] = 'a\\r\\nb'\n")
    result = await flows.run([{"type": "python", "module": "/p/s.py"}])
    assert result.status == 500
    assert result.run is not None
    assert result.run.error is not None
    assert result.run.error.code == "response.invalid"


async def test_a_name_for_people_and_an_error_with_the_steps_path(flows: Flows) -> None:
    result = await flows.run([{"type": "throw", "code": "x", "name": "here"}])
    assert result.run is not None
    assert result.run.failed_steps == ["here"]
    assert result.json()["step"] == "here"


SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}


async def test_input_is_validated(flows: Flows) -> None:
    steps, flow = [output("${body.id}")], {"input": SCHEMA}
    assert (await flows.run(steps, "POST", json={"id": 5}, flow=flow)).text == "5"
    wrong: dict[str, Any]
    for wrong in ({"json": {"id": "x"}}, {"json": {}}, {"content": b"text"}, {}, {"form": {"id": "1"}}):
        result = await flows.run(steps, "POST", flow=flow, **wrong)
        assert (result.status, result.json()["code"]) == (400, "request.schema")
    assert (await flows.run(steps, "GET", flow=flow)).status == 200


@pytest.mark.parametrize(
    ("sent", "advice"),
    [
        ({"form": {'{"id": 5}': ""}}, "it came as application/x-www-form-urlencoded, and JSON needs `content-type: "),
        ({"content": b'{"id": 5}'}, "it came without a content type, and JSON needs `content-type: application/json`"),
        ({}, "there is no body"),
    ],
)
async def test_a_body_that_was_not_sent_as_json_is_told_so(flows: Flows, sent: dict[str, Any], advice: str) -> None:
    result = await flows.run([output("${body.id}")], "POST", flow={"input": SCHEMA}, **sent)
    assert advice in result.json()["detail"]


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([output({"id": 1})], 200),
        ([{"type": "set", "body": {"id": 1}}, {"type": "stop"}], 200),
        ([{"type": "respond", "body": {"id": 1}}], 200),
        ([{"type": "respond", "status": 404, "body": "none"}], 404),
        ([output("text")], 500),
        ([{"type": "respond", "body": {"id": "1"}}, {"type": "stop"}], 500),
        ([{"type": "delay", "duration": "0ms"}], 500),
    ],
)
async def test_output_is_validated(flows: Flows, steps: list[object], status: int) -> None:
    result = await flows.run(steps, flow={"output": SCHEMA})
    assert result.status == status


def test_a_schema_never_reaches_for_another_document(flows: Flows) -> None:
    assert flows.problems([output()], input={"$ref": "http://127.0.0.1:1/schema.json"})
