from typing import Any

import pytest

from tests.unit.flows import Flows, output


def marshal(format: str, **fields: Any) -> dict[str, Any]:
    return {"type": "marshal", "format": format, **fields}


def body(value: Any) -> dict[str, Any]:
    return {"type": "set", "body": value}


async def test_the_answer_has_the_type_of_the_format(flows: Flows) -> None:
    result = await flows.run([body([{"a": 1}]), marshal("csv", charset="iso-8859-1")])
    assert (result.text, result.headers["content-type"]) == ("a\r\n1\r\n", "text/csv; charset=iso-8859-1")


async def test_the_message_has_it_too(flows: Flows) -> None:
    result = await flows.run([body({"a": 1}), marshal("xml", declaration=False), output("${headers.`content-type`}")])
    assert (result.text, result.headers["content-type"]) == ("application/xml", "text/plain; charset=utf-8")


async def test_a_body_set_afterwards_has_a_type_of_its_own(flows: Flows) -> None:
    result = await flows.run([body({"a": 1}), marshal("xml"), body("text")])
    assert result.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_type_that_a_step_set_for_the_answer_is_stronger(flows: Flows) -> None:
    respond = {"type": "respond", "headers": {"content-type": "application/problem+xml"}}
    result = await flows.run([respond, body({"a": 1}), marshal("xml", declaration=False)])
    assert (result.text, result.headers["content-type"]) == ("<a>1</a>", "application/problem+xml")


async def test_a_property_takes_the_content_and_nothing_else_changes(flows: Flows) -> None:
    steps = [body({"a": [1]}), marshal("json", source="body.a", result="text"), output("${properties.text} ${body}")]
    result = await flows.run([*steps, output("${headers.`content-type`}")])
    assert result.text == '[1] {"a":[1]}'


async def test_the_value_may_be_the_request(flows: Flows) -> None:
    result = await flows.run([marshal("xml", declaration=False)], "POST", json={"a": {"@b": 1}})
    assert result.text == '<a b="1"/>'


async def test_a_large_value_is_written_beside(flows: Flows) -> None:
    rows = [{"n": number} for number in range(5000)]
    result = await flows.run([marshal("csv", header=False)], "POST", json=rows)
    assert len(result.text.splitlines()) == 5000
    result = await flows.run([marshal("csv")], "POST", json=[*rows, {"n": {}}])
    assert result.json()["detail"].endswith("row 5000: a value is an object, which CSV cannot hold")


async def test_what_cannot_be_written(flows: Flows) -> None:
    result = await flows.run([body(5), marshal("csv")])
    assert (result.status, result.json()["code"]) == (500, "marshal.value")
    assert result.json()["detail"] == (
        "The value cannot be written as csv: the rows are the items of a list, not of a number"
    )


async def test_a_chain_of_formats(flows: Flows) -> None:
    steps = [body([{"a": 1}]), marshal("ndjson"), marshal("gzip"), marshal("base64")]
    back = [{"type": "unmarshal", "format": format} for format in ("base64", "gzip", "ndjson")]
    result = await flows.run([*steps, *back])
    assert result.json() == [{"a": 1}]


async def test_a_branch_has_the_type_too(flows: Flows) -> None:
    read = {"type": "unmarshal", "format": "csv"}
    tap = {"type": "wireTap", "flow": {"steps": [read, {"type": "throw", "code": "a.b", "message": "${body}"}]}}
    flows.write("p/f.flow", {"steps": [body([{"a": "ä"}]), marshal("csv", charset="latin-1"), tap]})
    client = flows.client()
    await client.call("GET", "p/f.flow")
    await client.settle()
    error = client.runs[-1].error
    assert error is not None
    assert error.message == '[{"a":"ä"}]'


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"type": "marshal"}, "`marshal` needs `format`"),
        (marshal("csv", trim=True), '`marshal` with `"format": "csv"` has no field \'trim\''),
        (marshal("xml", root="a b"), "'a b' cannot be the name of an element"),
    ],
)
def test_options_are_checked(flows: Flows, step: dict[str, Any], problem: str) -> None:
    (found,) = flows.problems([step])
    assert problem in found


async def test_a_stream(flows: Flows) -> None:
    flows.write("p/many.py", "def service(exchange):\n    exchange.body = iter([{'n': 1}, {'n': 2}])\n")
    many = {"type": "python", "module": "/p/many.py"}
    split = {"type": "split", "expression": "body", "steps": [output("${split.index} ")]}
    read = {"type": "unmarshal", "format": "ndjson", "streaming": True}
    result = await flows.run([many, marshal("ndjson"), output("${headers.`content-type`} "), read, split])
    assert result.text == "application/x-ndjson 0 1 "
    result = await flows.run([many, marshal("csv")])
    assert "cannot be written as csv: it is a body that comes item by item" in result.json()["detail"]
