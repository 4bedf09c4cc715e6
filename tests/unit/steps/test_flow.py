import pytest

from tests.unit.flows import Flows, output


async def test_in_place(flows: Flows) -> None:
    steps = [{"type": "flow", "flow": {"properties": {"a": "b"}, "steps": [output("in;")]}}, output("${properties.a}")]
    assert (await flows.run(steps)).text == "in;b"


async def test_by_path_on_the_same_exchange(flows: Flows) -> None:
    flows.write(
        "q/IntegrationServices/inner.flow",
        {"properties": {"p": "inner"}, "steps": [{"type": "set", "body": "from inner"}]},
    )
    steps = [{"type": "flow", "module": "/q/inner.flow"}, output("${properties.p}: ${body}")]
    assert (await flows.run(steps)).text == "inner: from inner"


async def test_its_own_handlers_take_its_errors(flows: Flows) -> None:
    inner = {
        "steps": [{"type": "throw", "code": "a.b"}, output("not here")],
        "onError": [{"steps": [output("handled;")]}],
    }
    flows.write("p/inner.flow", inner)
    assert (await flows.run([{"type": "flow", "module": "/p/inner.flow"}, output("on")])).text == "handled;on"


async def test_recursion_with_an_end(flows: Flows) -> None:
    count = {"type": "set", "properties": {"n": "${$exists(properties.n) ? properties.n + 1 : 1}"}}
    steps = [count, {"type": "flow", "module": "/p/f.flow", "when": "properties.n < 20"}]
    result = await flows.run([*steps, output(".", when="properties.n = 20")])
    assert result.text == "." * 20


async def test_recursion_without_an_end_is_an_error(flows: Flows) -> None:
    result = await flows.run([{"type": "flow", "module": "/p/f.flow"}])
    assert (result.status, result.json()["code"]) == (500, "flow.depth")


async def test_recursion_without_an_end_that_waits_is_an_error(flows: Flows) -> None:
    result = await flows.run(
        [{"type": "delay", "duration": "0ms"}, {"type": "try", "steps": [{"type": "flow", "module": "/p/f.flow"}]}]
    )
    assert (result.status, result.json()["code"]) == (500, "flow.depth")


@pytest.mark.timeout(20)
async def test_recursion_that_catches_its_end_and_begins_anew_is_an_error(flows: Flows) -> None:
    again = {"type": "flow", "module": "/p/f.flow"}
    result = await flows.run([{"type": "try", "steps": [again], "catch": [{"steps": [again]}]}])
    assert (result.status, result.json()["code"]) == (500, "flow.depth")


@pytest.mark.timeout(60)
async def test_flows_that_multiply_their_calls_are_an_error(flows: Flows) -> None:
    for level in range(20):
        flows.write(f"p/l{level}.flow", {"steps": [{"type": "flow", "module": f"/p/l{level + 1}.flow"}] * 10})
    flows.write("p/l20.flow", {"steps": []})
    result = await flows.run([{"type": "flow", "module": "/p/l0.flow"}])
    assert (result.status, result.json()["code"]) == (500, "flow.depth")


async def test_flows_may_name_each_other(flows: Flows) -> None:
    flows.write(
        "p/a.flow", {"steps": [output("a"), {"type": "flow", "module": "/p/b.flow", "when": "request.query.n"}]}
    )
    flows.write("p/b.flow", {"steps": [output("b"), {"type": "flow", "module": "/p/a.flow", "when": "false"}]})
    assert (await flows.client().get("p/a.flow?n=1")).text == "ab"


def test_a_path_that_leads_nowhere(flows: Flows) -> None:
    (problem,) = flows.problems([{"type": "flow", "module": "/p/absent.flow"}])
    assert "absent.flow" in problem


def test_one_of_two(flows: Flows) -> None:
    assert "one of the two" in flows.problems([{"type": "flow"}])[0]
