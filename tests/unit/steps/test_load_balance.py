import asyncio
from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.flows import Flows, output


def balance(*flows: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "loadBalance", "flows": list(flows), **fields}


def flow(*steps: Any) -> dict[str, Any]:
    return {"steps": list(steps)}


FAIL = {"type": "throw", "code": "a.b"}
A, B, C = flow(output("a")), flow(output("b")), flow(output("c"))


async def answers(flows: Flows, step: dict[str, Any], *queries: str, **rest: Any) -> str:
    flows.write("p/f.flow", {"steps": [step], **rest})
    client: FlowClient = flows.client()
    results = [await client.get(f"p/f.flow?{query}") for query in queries]
    return "".join(result.text if result.status == 200 else f"<{result.json()['code']}>" for result in results)


async def test_the_flow_has_the_message_itself(flows: Flows) -> None:
    change = flow({"type": "set", "body": 1, "properties": {"p": 2}})
    assert (await flows.run([balance(change), output("${body}${properties.p}")])).text == "12"


async def test_each_in_turn(flows: Flows) -> None:
    assert await answers(flows, balance(A, B, C), *[""] * 5) == "abcab"


async def test_the_same_key_goes_the_same_way(flows: Flows) -> None:
    step = balance(A, B, C, strategy="sticky", correlationExpression="request.query.key")
    first = await answers(flows, step, *[f"key={number % 5}" for number in range(15)])
    assert first[:5] == first[5:10] == first[10:]
    assert await answers(flows, step, "") == "<loadBalance.correlation>"


async def test_the_next_when_one_fails(flows: Flows) -> None:
    broken = flow(output("lost"), {"type": "set", "properties": {"p": "lost"}}, FAIL)
    steps = [balance(broken, flow(output("b${properties.p}")), strategy="failover"), output("${properties.p}!")]
    assert (await flows.run(steps)).text == "b!"


async def test_all_fail(flows: Flows) -> None:
    handler = {"steps": [output("${error.code}, ${error.details.attempts} tried")]}
    last = flow({"type": "throw", "code": "a.last"})
    step = balance(flow(FAIL), flow(FAIL), last, strategy="failover")
    assert await answers(flows, step, "", onError=[handler]) == "a.last, 3 tried"


async def test_handlers_of_the_flow_come_behind_the_others(flows: Flows) -> None:
    handler = {"steps": [output("handled")]}
    assert await answers(flows, balance(flow(FAIL), B, strategy="failover"), "", onError=[handler]) == "b"


async def test_only_some_errors_make_it_try_the_next(flows: Flows) -> None:
    assert await answers(flows, balance(flow(FAIL), B, strategy="failover", on=["x.*"]), "") == "<a.b>"
    assert await answers(flows, balance(flow(FAIL), B, strategy="failover", on=["a.*"]), "") == "b"


async def test_so_many_further_ones(flows: Flows) -> None:
    fail = flow(FAIL)
    assert await answers(flows, balance(fail, fail, C, strategy="failover", maximumFailoverAttempts=1), "") == "<a.b>"
    assert await answers(flows, balance(fail, B, strategy="failover", maximumFailoverAttempts=0), "") == "<a.b>"
    assert await answers(flows, balance(fail, strategy="failover", maximumFailoverAttempts=9), "") == "<a.b>"


async def test_going_around(flows: Flows) -> None:
    step = balance(A, flow(output("x"), FAIL), C, strategy="failover", roundRobin=True)
    assert await answers(flows, step, *[""] * 4) == "acac"
    fail = flow(FAIL)
    step = balance(fail, fail, strategy="failover", roundRobin=True, maximumFailoverAttempts=5)
    handler = {"steps": [output("${error.details.attempts}")]}
    assert await answers(flows, step, "", onError=[handler]) == "6"


async def test_the_last_good_one_first(flows: Flows) -> None:
    moody = flow({**FAIL, "when": "request.query.fail = 'a'"}, output("a"))
    other = flow({**FAIL, "when": "request.query.fail = 'b'"}, output("b"))
    step = balance(moody, other, strategy="failover", sticky=True)
    assert await answers(flows, step, "", "fail=a", "", "fail=b", "") == "abbaa"


async def test_to_all(flows: Flows) -> None:
    change = flow(output("a"), {"type": "set", "body": "changed", "properties": {"p": "changed"}})
    steps = [
        {"type": "set", "body": "x"},
        balance(change, flow(output("${body}")), strategy="topic"),
        output("${body}"),
    ]
    assert (await flows.run(steps)).text == "axx"
    assert await answers(flows, balance(A, flow(FAIL), C, strategy="topic"), "") == "<a.b>"


async def test_stop_in_an_attempt_ends_the_flow_with_what_was_made(flows: Flows) -> None:
    stop = flow(output("a"), {"type": "stop"})
    assert (await flows.run([balance(stop, B, strategy="failover"), output("never")])).text == "a"


async def test_a_caller_that_goes_during_an_attempt(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [balance(flow({"type": "delay", "duration": "1h"}), B, strategy="failover")]})
    client = flows.client()
    before = asyncio.all_tasks()
    call = asyncio.ensure_future(client.get("p/f.flow"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"strategy": "weighted"}, "needs `distributionRatio`"),
        ({"distributionRatio": [1, 2]}, "needs `distributionRatio`"),
        ({"strategy": "weighted", "distributionRatio": [1]}, "there are 2 flows and 1 shares"),
        ({"strategy": "weighted", "distributionRatio": [0, 0]}, "must be more than 0"),
        ({"strategy": "weighted", "distributionRatio": [1, -1]}, "from 0 to 1000"),
        ({"strategy": "sticky"}, "needs `correlationExpression`"),
        ({"strategy": "topic", "roundRobin": True}, "`topic` does not use `roundRobin`"),
        ({"on": ["a.b"]}, "goes with the strategy `failover`"),
        ({"maximumFailoverAttempts": -1, "strategy": "failover"}, "from 0 to 1000"),
    ],
)
def test_problems_are_told(flows: Flows, fields: Any, problem: str) -> None:
    assert problem in "\n".join(flows.problems([balance(A, B, **fields)]))
