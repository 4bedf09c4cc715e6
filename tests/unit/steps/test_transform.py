from tests.unit.flows import Flows, output


async def test_the_value_becomes_the_body(flows: Flows) -> None:
    step = {"type": "transform", "expression": '{"total": $sum(body.items.(price * quantity))}'}
    result = await flows.run(
        [step], "POST", json={"items": [{"price": 2, "quantity": 3}, {"price": 1.5, "quantity": 2}]}
    )
    assert result.json() == {"total": 9}


async def test_or_a_property(flows: Flows) -> None:
    steps = [{"type": "transform", "expression": "1 + 1", "result": "n"}, output("${properties.n}")]
    assert (await flows.run(steps)).text == "2"


async def test_a_type_that_does_not_fit_is_an_error_with_the_expression(flows: Flows) -> None:
    result = await flows.run([{"type": "transform", "expression": "body.a + 1"}], "POST", json={"a": "x"})
    assert result.status == 500
    assert result.json()["code"] == "expression.type"
    assert "body.a + 1" in result.json()["detail"]


def test_an_expression_that_does_not_compile(flows: Flows) -> None:
    (problem,) = flows.problems([{"type": "transform", "expression": "body.("}])
    assert problem.startswith("p/f.flow:1:")
