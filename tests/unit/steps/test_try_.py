from typing import Any

import pytest

from tests.unit.flows import Flows, output

THROW = {"type": "throw", "code": "a.b", "message": "m"}
WAIT = {"type": "delay", "duration": "0ms"}


@pytest.mark.parametrize("first", [[], [WAIT]], ids=["at once", "after waiting"])
async def test_the_first_entry_that_matches(flows: Flows, first: list[Any]) -> None:
    step = {
        "type": "try",
        "steps": [output("lost?;"), *first, THROW],
        "catch": [
            {"on": ["c.*"], "steps": [output("wrong")]},
            {"when": "error.status = 404", "steps": [output("wrong")]},
            {"on": ["a.*"], "steps": [output("${error.code} ${error.message} at ${error.step};")]},
            {"steps": [output("wrong")]},
        ],
        "finally": [output("finally;")],
    }
    result = await flows.run([step, output("on ${error}")])
    assert result.text == f"lost?;a.b m at 1.{2 + len(first)};finally;on "


async def test_what_is_not_caught_goes_on(flows: Flows) -> None:
    step = {
        "type": "try",
        "steps": [THROW],
        "catch": [{"on": ["c"], "steps": []}],
        "finally": [{"type": "log", "message": "x"}],
    }
    result = await flows.run([step, output("not here")])
    assert (result.status, result.json()["code"]) == (500, "a.b")


async def test_an_error_in_a_handler_takes_its_place(flows: Flows) -> None:
    second = {"type": "throw", "code": "second"}
    result = await flows.run(
        [{"type": "try", "steps": [THROW], "catch": [{"steps": [second]}], "finally": [output("x")]}]
    )
    assert result.json()["code"] == "second"


async def test_nested(flows: Flows) -> None:
    inner = {"type": "try", "steps": [THROW], "catch": [{"on": ["x"], "steps": []}]}
    step = {"type": "try", "steps": [inner], "catch": [{"steps": [output("outer ${error.step}")]}]}
    assert (await flows.run([step])).text == "outer 1.1.1"


async def test_comes_before_on_error_which_takes_the_rest(flows: Flows) -> None:
    handler = {"on": ["c.d"], "steps": [output("onError")]}
    caught = {"type": "try", "steps": [THROW], "catch": [{"on": ["a.b"], "steps": [output("catch;")]}]}
    other = {"type": "try", "steps": [{"type": "throw", "code": "c.d"}], "catch": [{"on": ["a.b"], "steps": []}]}
    assert (await flows.run([caught, other, output("not here")], flow={"onError": [handler]})).text == "catch;onError"


async def test_a_failed_expression_is_caught_by_code(flows: Flows) -> None:
    bad = {"type": "transform", "expression": '"a" + 1'}
    step = {"type": "try", "steps": [bad], "catch": [{"on": ["expression.*"], "steps": [output("caught")]}]}
    assert (await flows.run([step])).text == "caught"
