from typing import Any

import pytest

from tests.unit.flows import Flows, output


def case(key: str, value: Any, text: str = "yes") -> dict[str, Any]:
    return {"key": key, "value": value, "flow": {"steps": [output(text)]}}


def condition(*cases: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"type": "condition", "cases": list(cases), **rest}


@pytest.mark.parametrize(
    ("query", "answer"),
    [("name=Joe", "joe"), ("name=joe", "any"), ("name=", "any"), ("", "null"), ("name=Joe&name=Ann", "joe")],
)
async def test_first_case_that_matches(flows: Flows, query: str, answer: str) -> None:
    step = condition(case("name", "Joe", "joe"), case("name", "ANY", "any"), case("name", "Null", "null"))
    assert (await flows.run([step], query=query)).text == answer


async def test_otherwise_and_nothing(flows: Flows) -> None:
    step = condition(case("name", "Joe"), otherwise={"steps": [output("else")]})
    assert (await flows.run([step])).text == "else"
    assert (await flows.run([condition(case("name", "Joe"))])).text == ""


@pytest.mark.parametrize(
    ("value", "expected", "matches"),
    [
        (1, "1", True),
        (1, 1, True),
        (True, "true", True),
        (True, True, True),
        (1.5, "1.5", True),
        ("1", 1, True),
        (None, "null", True),
        (None, "any", False),
        ("null", "null", True),
        (1, "1.0", False),
        ("true", True, True),
        (10**18, str(10**18), True),
    ],
)
async def test_json_values_compare_by_their_text(flows: Flows, value: Any, expected: Any, matches: bool) -> None:
    result = await flows.run([condition(case("v", expected))], flow={"properties": {"v": value}})
    assert result.text == ("yes" if matches else "")


async def test_a_property_comes_before_a_parameter(flows: Flows) -> None:
    step = condition(case("tier", "silver", "silver"), case("tier", "gold", "gold"))
    result = await flows.run([step], query="tier=silver", flow={"properties": {"tier": "gold"}})
    assert result.text == "gold"


async def test_a_parameter_may_stand_in_a_form(flows: Flows) -> None:
    step = condition(case("name", "Ann"), case("name", "null", "none"))
    assert (await flows.run([step], "POST", form={"name": "Ann"})).text == "yes"
    assert (await flows.run([step], "POST", form={"name": "Ann"}, query="name=Joe")).text == ""
    assert (await flows.run([step], "POST", json={"name": "Ann"})).text == "none"


async def test_cases_by_expression(flows: Flows) -> None:
    step = condition(
        {"when": "body.amount > 100", "flow": {"steps": [output("large")]}},
        {"when": "body.amount", "flow": {"steps": [output("small")]}},
        otherwise={"steps": [output("none")]},
    )
    assert (await flows.run([step], "POST", json={"amount": 101})).text == "large"
    assert (await flows.run([step], "POST", json={"amount": 3})).text == "small"
    assert (await flows.run([step], "POST", json={})).text == "none"


async def test_properties_of_a_sub_flow_stay(flows: Flows) -> None:
    inner = {"properties": {"greeted": "${request.query.name}"}, "steps": []}
    step = condition({"key": "name", "value": "any", "flow": inner})
    assert (await flows.run([step, output("${properties.greeted}")], query="name=Joe")).text == "Joe"


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"flow": {"steps": []}}, "`when`"),
        ({"key": "a", "flow": {"steps": []}}, "`value`"),
        ({"value": "a", "flow": {"steps": []}}, "`key`"),
        ({"key": "a", "value": "b", "when": "true", "flow": {"steps": []}}, "keep one"),
        ({"key": "a", "value": "b"}, "flow"),
        ({"key": "a", "value": {}, "flow": {"steps": []}}, "value"),
    ],
)
def test_cases_that_cannot_match_are_refused(flows: Flows, wrong: dict[str, Any], word: str) -> None:
    problems = flows.problems([condition(wrong)])
    assert len(problems) == 1
    assert word in problems[0]
