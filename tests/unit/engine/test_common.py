from typing import Any

import pytest

from tests.unit.flows import Flows, output


async def test_when_skips(flows: Flows) -> None:
    result = await flows.run(
        [output("a", when="request.query.n = '1'"), output("b", when="request.query.m"), output("c")], query="n=1"
    )
    assert result.text == "ac"
    assert result.run is not None
    assert result.run.steps == ["1", "3"]


async def test_properties_are_set_before_the_step_and_not_when_it_is_skipped(flows: Flows) -> None:
    steps = [
        output("${properties.a};", properties={"a": "${1 + 1}"}),
        output("", when="false", properties={"a": "skipped"}),
        output("${properties.a}"),
    ]
    assert (await flows.run(steps)).text == "2;2"


async def test_a_timeout_cancels_what_waits(flows: Flows) -> None:
    step = {"type": "delay", "duration": "1h", "timeout": "10ms"}
    result = await flows.run([step])
    assert (result.status, result.json()["code"]) == (504, "step.timeout")
    caught = {"type": "try", "steps": [step], "catch": [{"on": ["timeout"], "steps": [output("late")]}]}
    assert (await flows.run([caught])).text == "late"


async def test_an_async_script_is_cancelled(flows: Flows) -> None:
    flows.write(
        "p/s.py",
        "import asyncio\n\nasync def service(exchange):\n    try:\n        await asyncio.sleep(3600)\n"
        "    finally:\n        exchange.properties['cancelled'] = True\n",
    )
    step = {"type": "python", "module": "/p/s.py", "timeout": "10ms"}
    caught = {"type": "try", "steps": [step], "catch": [{"steps": [output("${properties.cancelled}")]}]}
    assert (await flows.run([caught])).text == "true"


async def test_the_flows_own_timeout(flows: Flows) -> None:
    result = await flows.run([{"type": "delay", "duration": "1h"}], flow={"timeout": "10ms"})
    assert (result.status, result.json()["code"]) == (504, "flow.timeout")


FAIL_TWICE = """\
n = 0

{word} service(exchange):
    global n
    n += 1
    if n < 3:
        raise ValueError(n)
    return n
"""


@pytest.mark.parametrize("word", ["def", "async def"])
async def test_retry_repeats_the_step(flows: Flows, word: str) -> None:
    flows.write("p/s.py", FAIL_TWICE.replace("{word}", word))
    step = {
        "type": "python",
        "module": "/p/s.py",
        "retry": {"attempts": 3, "delay": "1ms", "backoff": 2, "jitter": 0.5},
    }
    result = await flows.run([output("once;"), step, output("${body}")])
    assert result.text == "once;3"


@pytest.mark.parametrize("word", ["def", "async def"])
async def test_what_a_failed_attempt_wrote_is_forgotten(flows: Flows, word: str) -> None:
    flows.write(
        "p/s.py",
        f"calls = []\n{word} service(e):\n    calls.append(1)\n    e.response.write(str(len(calls)))\n"
        "    if len(calls) < 3:\n        e.response.status = 500\n        raise ValueError('busy')\n",
    )
    block = {
        "type": "try",
        "steps": [output("in: "), {"type": "python", "module": "/p/s.py"}],
        "retry": {"attempts": 3, "delay": "0ms"},
    }
    result = await flows.run([output("out "), block])
    assert (result.status, result.text) == (200, "out in: 3")


@pytest.mark.parametrize("retry", [{"attempts": 2, "delay": "0ms"}, {"attempts": 9, "delay": "0ms", "on": ["timeout"]}])
async def test_retry_gives_up(flows: Flows, retry: dict[str, Any]) -> None:
    flows.write("p/s.py", FAIL_TWICE.replace("{word}", "def"))
    result = await flows.run([{"type": "python", "module": "/p/s.py", "retry": retry}])
    assert (result.status, result.json()["code"]) == (500, "script.error")


async def test_a_timeout_is_for_each_attempt(flows: Flows) -> None:
    flows.write(
        "p/s.py",
        "import asyncio\nn = 0\n\nasync def service(exchange):\n    global n\n    n += 1\n"
        "    await asyncio.sleep(0 if n == 2 else 3600)\n    return n\n",
    )
    step = {"type": "python", "module": "/p/s.py", "timeout": "20ms", "retry": {"delay": "0ms", "on": ["timeout"]}}
    assert (await flows.run([step])).json() == 2


async def test_a_body_is_read_when_a_step_first_needs_it(flows: Flows) -> None:
    bad: dict[str, Any] = {"content": b"{", "headers": {"content-type": "application/json"}}
    assert (await flows.run([output("unread")], "POST", **bad)).text == "unread"
    result = await flows.run([output("${body}")], "POST", **bad)
    assert (result.status, result.json()["code"]) == (400, "request.body")
    assert (await flows.run([output("x", when="false and body.a")], "POST", **bad)).status == 400
