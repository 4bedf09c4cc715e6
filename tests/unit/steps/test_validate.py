from typing import Any

import pytest

from tests.unit.flows import Flows, output

SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}}}


def validate(**fields: Any) -> dict[str, Any]:
    return {"type": "validate", **fields}


async def test_what_fits_goes_on_as_it_is(flows: Flows) -> None:
    steps = [validate(schema=SCHEMA, expression="body.n > 0"), output("${body}")]
    assert (await flows.run(steps, method="POST", json={"n": 1})).json() == {"n": 1}


async def test_every_misfit_is_told_with_its_place(flows: Flows) -> None:
    catch = {"on": ["validate.failed"], "steps": [output("${error.details.errors}")]}
    steps = [{"type": "try", "steps": [validate(schema=SCHEMA)], "catch": [catch]}]
    result = await flows.run(steps, method="POST", json={"n": "x", "m": 1.5})
    assert sorted(result.json()) == ['$.m: 1.5 is not of type "integer"', '$.n: "x" is not of type "integer"']


async def test_a_caller_gets_400(flows: Flows) -> None:
    result = await flows.run([validate(schema=SCHEMA)], method="POST", json={})
    assert (result.status, result.json()["code"]) == (400, "validate.failed")
    assert '"n" is a required property' in result.json()["detail"]


async def test_an_expression_that_is_not_true(flows: Flows) -> None:
    result = await flows.run([validate(expression="body.n > 5")], method="POST", json={"n": 5})
    assert (result.status, result.json()["code"]) == (400, "validate.failed")
    assert "body.n > 5 is not true" in result.json()["detail"]


async def test_the_expression_is_asked_only_of_what_fits(flows: Flows) -> None:
    result = await flows.run([validate(schema=SCHEMA, expression="$error('asked')")], method="POST", json={})
    assert result.json()["code"] == "validate.failed"


async def test_an_expression_that_fails_is_no_misfit(flows: Flows) -> None:
    result = await flows.run([validate(expression="body.n + 1 > 2", message="no")], method="POST", json={"n": "x"})
    assert result.json()["code"] == "expression.type"


async def test_the_author_has_the_word(flows: Flows) -> None:
    catch = {"steps": [output("${error.message}; ${$count(error.details.errors)}")]}
    attempt = {"type": "try", "steps": [validate(schema=SCHEMA, message="${body.id}: n, please")], "catch": [catch]}
    assert (await flows.run([attempt], method="POST", json={"id": 7})).text == "7: n, please; 1"


async def test_a_schema_in_a_file_that_changes(flows: Flows) -> None:
    flows.write("p/order.json", SCHEMA)
    flows.write("p/f.flow", {"steps": [validate(module="/p/order.json"), output()]})
    client = flows.client()
    assert (await client.post("p/f.flow", json={"n": 1})).text == "done"
    flows.write("p/order.json", {"type": "array"})
    client.agent.load()
    assert (await client.post("p/f.flow", json={"n": 1})).status == 400


@pytest.mark.parametrize("value", ["text", {"type": "strin"}, {"$ref": "https://example.com/x"}, "[" * 100_000])
def test_a_file_that_is_no_schema(flows: Flows, value: Any) -> None:
    flows.write("p/order.json", value)
    (problem,) = flows.problems([validate(module="/p/order.json")])
    assert "/p/order.json cannot be used as a JSON Schema" in problem


def test_a_file_that_is_not_there(flows: Flows) -> None:
    (problem,) = flows.problems([validate(module="/p/absent.json")])
    assert "absent.json" in problem


def test_a_schema_that_is_none(flows: Flows) -> None:
    assert "'strin' is not a type" in flows.problems([validate(schema={"type": "strin"})])[0].replace('"', "'")


@pytest.mark.parametrize("fields", [{}, {"schema": True, "module": "/p/x.json"}])
def test_what_it_needs(flows: Flows, fields: dict[str, Any]) -> None:
    assert "`schema`" in flows.problems([validate(**fields)])[0]


async def test_a_text_that_nobody_read(flows: Flows) -> None:
    steps = [validate(schema=SCHEMA)]
    result = await flows.run(steps, method="POST", content=b'{"n": 1}', headers={"content-type": "text/plain"})
    assert "`unmarshal` it first" in result.json()["detail"]


@pytest.mark.parametrize("number", [2**63, 10**40])
async def test_large_numbers_are_numbers(flows: Flows, number: int) -> None:
    steps = [validate(schema=SCHEMA), output("${body.n}")]
    content = f'{{"n": {number}}}'.encode()
    result = await flows.run(steps, method="POST", content=content, headers={"content-type": "application/json"})
    assert result.text == str(number)
