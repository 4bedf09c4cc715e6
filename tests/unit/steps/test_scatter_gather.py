from typing import Any

from tests.unit.flows import Flows


def scatter(*flows: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "scatterGather", "flows": list(flows), **fields}


def answers(value: Any, wait: str = "", code: str = "") -> dict[str, Any]:
    steps: list[Any] = [{"type": "delay", "duration": wait}] if wait else []
    last = {"type": "throw", "code": code} if code else {"type": "set", "body": value}
    return {"steps": [*steps, last]}


async def test_answers_are_a_list_in_the_order_of_the_flows(flows: Flows) -> None:
    assert (await flows.run([scatter(answers(1, "2ms"), answers(2))])).json() == [1, 2]


async def test_flows_that_fail_are_left_out_as_long_as_enough_answer(flows: Flows) -> None:
    asked = [answers(1), answers(0, code="a.b"), answers(3), answers(0, code="a.c")]
    assert (await flows.run([scatter(*asked, minimum=2)])).json() == [1, 3]
    assert (await flows.run([scatter(*asked, minimum=3)])).json()["code"] == "a.b"
    assert (await flows.run([scatter(answers(0, code="a.b"))])).json()["code"] == "a.b"


async def test_too_few_in_time(flows: Flows) -> None:
    slow = answers(1, "1h")
    result = await flows.run([scatter(slow, answers(2), timeout="1ms", minimum=2)])
    assert (result.status, result.json()["code"]) == (504, "scatterGather.replies")
    assert (await flows.run([scatter(slow, timeout="1ms", minimum=0)])).json() == []


async def test_an_expression_sees_the_errors(flows: Flows) -> None:
    asked = scatter(answers(5), answers(0, code="a.b"), aggregate="branches.(error ? error.code : body)")
    assert (await flows.run([asked])).json() == [5, "a.b"]


def test_problems_are_told(flows: Flows) -> None:
    assert "there are only 1 flows" in flows.problems([scatter(answers(1), minimum=2)])[0]
