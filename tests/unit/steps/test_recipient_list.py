from typing import Any

from tests.unit.flows import Flows, output


def to(expression: str, **fields: Any) -> dict[str, Any]:
    return {"type": "recipientList", "expression": expression, **fields}


def write(flows: Flows) -> None:
    flows.write("p/double.flow", {"steps": [{"type": "transform", "expression": "body * 2"}]})
    flows.write("p/next.flow", {"steps": [{"type": "transform", "expression": "body + 1"}]})
    flows.write("p/fails.flow", {"steps": [{"type": "throw", "code": "a.b"}]})


BOTH = "['/p/double.flow', '/p/next.flow']"


async def test_each_flow_has_a_copy_and_the_last_body_stays(flows: Flows) -> None:
    write(flows)
    assert (await flows.run([to(BOTH), output("${body}")], method="POST", json=5)).text == "6"


async def test_names_are_the_paths(flows: Flows) -> None:
    write(flows)
    steps = [to(BOTH, aggregate="object", result="found"), output("${properties.found}")]
    assert (await flows.run(steps, method="POST", json=5)).json() == {"/p/double.flow": 10, "/p/next.flow": 6}


async def test_nothing_named_leaves_the_message_as_it_is(flows: Flows) -> None:
    for nothing in ("null", "body.absent", "''", "[]", "' , '"):
        steps = [to(nothing, aggregate="list"), output("${body}")]
        assert (await flows.run(steps, method="POST", json=5)).text == "5"


async def test_an_error_is_told_with_the_path(flows: Flows) -> None:
    write(flows)
    catch = {"steps": [output("${error.code} ${error.details.failures.name}")]}
    attempt = {"type": "try", "steps": [to("'p/fails.flow,p/double.flow'")], "catch": [catch]}
    assert (await flows.run([attempt], method="POST", json=5)).text == "a.b p/fails.flow"


async def test_a_list_that_never_ends(flows: Flows) -> None:
    flows.write("p/again.flow", {"steps": [to("['/p/again.flow', '/p/again.flow']", parallel=True)]})
    result = await flows.run([to("'/p/again.flow'")])
    assert result.json()["code"] == "flow.depth"


def test_a_strategy_that_there_is_not(flows: Flows) -> None:
    assert "is none of" in flows.problems([to(BOTH, aggregate="newest")])[0]
