import asyncio
from typing import Any

import pytest

from tests.unit.flows import Flows, output


def enrich(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "enrich", **({"flow": {"steps": list(steps)}} if steps else {}), **fields}


def value(expression: str) -> dict[str, Any]:
    return {"type": "transform", "expression": expression}


WAIT = {"type": "delay", "duration": "1ms"}
BODY = output("${body}")


@pytest.mark.parametrize("before", [(), (WAIT,)])
async def test_the_result_is_the_body(flows: Flows, before: Any) -> None:
    steps = [enrich(*before, value("body.n * 2")), BODY]
    assert (await flows.run(steps, method="POST", json={"n": 4})).text == "8"


async def test_the_result_in_a_property(flows: Flows) -> None:
    steps = [enrich(value("body.n * 2"), result="double"), output("${body.n} ${properties.double}")]
    assert (await flows.run(steps, method="POST", json={"n": 4})).text == "4 8"


async def test_the_resource_works_on_a_copy(flows: Flows) -> None:
    change = {"type": "set", "properties": {"p": "changed"}, "headers": {"h": "changed"}, "body": 1}
    look = output("${properties.p} ${headers.h}")
    result = await flows.run([{"type": "set", "properties": {"p": "x"}}, enrich(change), look], headers={"h": "y"})
    assert result.text == "x y"


async def test_what_is_sent_to_the_resource(flows: Flows) -> None:
    sent = {"body": {"id": "${body.n}"}, "headers": {"Currency": "EUR", "n": "${body.n}"}}
    steps = [enrich(value("[body.id, headers.currency, headers.n, headers.h]"), **sent), BODY]
    result = await flows.run(steps, method="POST", json={"n": 4}, headers={"h": "own"})
    assert result.json() == [4, "EUR", 4, "own"]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("latest", {"b": 2}),
        ("list", [{"a": 1}, {"b": 2}]),
        ("object", {"original": {"a": 1}, "resource": {"b": 2}}),
        ("merge", {"a": 1, "b": 2}),
        ("$merge([resource.body, body, {'h': resource.headers.h, 'p': resource.properties.p}])",
         {"b": 2, "a": 1, "h": "x", "p": "y"}),
    ],
)  # fmt: skip
async def test_strategies(flows: Flows, aggregate: str, expected: Any) -> None:
    fetch = {"type": "set", "body": {"b": 2}, "headers": {"h": "x"}, "properties": {"p": "y"}}
    steps = [enrich(fetch, aggregate=aggregate), output("${body}${resource}")]
    assert (await flows.run(steps, method="POST", json={"a": 1})).json() == expected


@pytest.mark.parametrize("before", [(), (WAIT,)])
async def test_an_error_of_the_resource_is_that_of_the_step(flows: Flows, before: Any) -> None:
    failing = enrich(output("lost"), *before, {"type": "throw", "code": "a.b"})
    catch = {"steps": [output("${error.code} at ${error.step}")]}
    assert (await flows.run([{"type": "try", "steps": [failing], "catch": [catch]}])).text.startswith("a.b at 1")


async def test_an_error_that_aggregate_takes_upon_itself(flows: Flows) -> None:
    aggregate = "resource.error ? {'price': 0, 'why': resource.error.code} : resource.body"
    failing = enrich(output("lost"), {"type": "throw", "code": "a.b"}, aggregate=aggregate, aggregateOnException=True)
    assert (await flows.run([failing, BODY])).json() == {"price": 0, "why": "a.b"}


async def test_another_flow_by_its_path(flows: Flows) -> None:
    flows.write("p/price.flow", {"steps": [output("seen;"), value("9.5"), {"type": "stop"}]})
    assert (await flows.run([enrich(module="/p/price.flow"), BODY])).text == "seen;9.5"


async def test_a_caller_that_goes_ends_the_resource(flows: Flows) -> None:
    last = {"type": "log", "message": "ended"}
    ensure = {"type": "try", "steps": [{"type": "delay", "duration": "1h"}], "finally": [last]}
    flows.write("p/f.flow", {"steps": [enrich(ensure)]})
    client = flows.client()
    task = asyncio.create_task(client.get("p/f.flow"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert client.runs[0].steps[-1] == "1.1.finally.1"


async def test_the_record_has_the_steps_of_the_resource(flows: Flows) -> None:
    result = await flows.run([enrich(value("1")), BODY])
    assert result.run is not None
    assert [info.path for info in (result.run.exchange.trail or [])[::2] if hasattr(info, "type")] == ["1", "1.1", "2"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "give `flow` (in place) or `module`"),
        ({"aggregate": "newest", "module": "/p/f.flow"}, "is none of"),
        ({"aggregateOnException": True, "module": "/p/f.flow"}, "looks at `resource.error`"),
        ({"aggregateOnException": True, "aggregate": "merge", "module": "/p/f.flow"}, "looks at `resource.error`"),
        ({"module": "/p/absent.flow"}, "there is no flow"),
    ],
)
def test_problems(flows: Flows, fields: dict[str, Any], problem: str) -> None:
    assert problem in flows.problems([enrich(**fields)])[0]
