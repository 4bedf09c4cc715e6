from typing import Any

import pytest

from tests.unit.flows import Flows, output

THROW = {"type": "throw", "code": "a.b", "message": "m", "status": 418}
WAIT = {"type": "delay", "duration": "0ms"}


def inside(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "flow", "flow": {"name": "in", "steps": list(steps)}}


@pytest.mark.parametrize("first", [[], [WAIT]], ids=["at once", "after waiting"])
@pytest.mark.parametrize("nested", [False, True], ids=["outside", "inside"])
async def test_the_first_handler_that_matches_ends_the_flow_well(flows: Flows, first: list[Any], nested: bool) -> None:
    failing = inside(*first, THROW) if nested else THROW
    handlers = [{"on": ["x"], "steps": [output("wrong")]}, {"on": ["a.*"], "steps": [output("${error.code}")]}]
    result = await flows.run([output("kept;"), *first, failing, output("not here")], flow={"onError": handlers})
    assert (result.status, result.text) == (200, "kept;a.b")
    assert result.run is not None
    assert result.run.error is None


@pytest.mark.parametrize("nested", [False, True], ids=["outside", "inside"])
async def test_continue_goes_on_behind_the_failed_step(flows: Flows, nested: bool) -> None:
    steps = [THROW, output("next;")]
    handlers = [{"continue": True, "steps": [output("handler;")]}]
    result = await flows.run([inside(*steps)] if nested else steps, flow={"onError": handlers})
    assert result.text == "handler;next;"


async def test_not_handled_runs_the_steps_and_fails(flows: Flows) -> None:
    result = await flows.run([output("x"), THROW], flow={"onError": [{"handled": False, "steps": [output("y")]}]})
    assert (result.status, result.json()["code"]) == (418, "a.b")


async def test_retry_of_the_failed_step_alone(flows: Flows) -> None:
    flows.write(
        "p/s.py",
        "n = 0\n\ndef service(exchange):\n    global n\n    n += 1\n    if n < 3:\n        raise ValueError(n)\n",
    )
    steps = [output("once;"), {"type": "python", "module": "/p/s.py"}, output("on")]
    handler = {"retry": {"attempts": 3, "delay": "0ms"}, "steps": [output("not here")]}
    assert (await flows.run(steps, flow={"onError": [handler]})).text == "once;on"


async def test_when_sees_the_error(flows: Flows) -> None:
    handlers = [
        {"when": "error.status = 404", "steps": [output("404")]},
        {"when": "error.status = 418", "steps": [output("418")]},
    ]
    assert (await flows.run([THROW], flow={"onError": handlers})).text == "418"


async def test_an_error_in_a_handler_is_not_handled_again(flows: Flows) -> None:
    handler = {"steps": [{"type": "throw", "code": "second"}]}
    result = await flows.run([THROW], flow={"onError": [handler]})
    assert (result.status, result.json()["code"]) == (500, "second")


async def test_the_projects_handlers_come_behind_the_flows(flows: Flows) -> None:
    flows.write("p/project.json", {"onError": [{"steps": [output("project")]}], "config": {"where": "here"}})
    assert (await flows.run([THROW])).text == "project"
    own = {"on": ["a.b"], "steps": [output("own ${config.where}")]}
    assert (await flows.run([THROW], flow={"onError": [own]})).text == "own here"


async def test_an_unhandled_error_discards_what_was_written(flows: Flows) -> None:
    result = await flows.run([output("partial"), {"type": "respond", "headers": {"x-a": "b"}}, THROW])
    assert "partial" not in result.text
    assert "x-a" not in result.headers


async def test_codes_match_by_glob_end_and_upstream_status(flows: Flows) -> None:
    flows.write(
        "p/s.py",
        "from airdock import FlowError\n\n"
        "def service(exchange):\n    raise FlowError('connector.http.status', 'no', details={'status': 503})\n",
    )
    for on in ("connector.*", "status", "http.5xx", "http.503", "connector.http.status"):
        handler = {"on": [on], "steps": [output("taken")]}
        assert (await flows.run([{"type": "python", "module": "/p/s.py"}], flow={"onError": [handler]})).text == "taken"
    handler = {"on": ["http.4xx", "connector", "tatus"], "steps": [output("taken")]}
    assert (await flows.run([{"type": "python", "module": "/p/s.py"}], flow={"onError": [handler]})).status == 502
