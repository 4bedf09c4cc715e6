import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from airdock.engine.runtime import Runtime
from airdock.packing import pack
from airdock.state import Stores
from airdock.stores.memory import MemoryStore
from airdock.testing import FlowClient
from airdock.testing.virtual import START, VirtualClock, run_virtually
from tests.unit.flows import Flows, output

HELD = {"type": "throttle", "mode": "concurrency", "maximumConcurrent": 1}


def played(flows: Flows, steps: list[Any], play: Callable[[FlowClient, FlowClient], Awaitable[None]]) -> None:
    """Plays with two processes that share a durable store, in virtual time."""
    flows.write("p/f.flow", {"steps": steps})
    shared = MemoryStore()

    async def main() -> None:
        clients = [
            FlowClient(flows.folder, runtime=Runtime(VirtualClock(), Stores(MemoryStore(), shared))) for _ in range(2)
        ]
        await play(*clients)
        for client in clients:
            await client.close()

    run_virtually(main)


def seconds() -> float:
    return round(asyncio.get_running_loop().time(), 3)


async def test_a_rejection_tells_when_to_come_again(flows: Flows) -> None:
    step = {"type": "throttle", "maximumRequests": 1, "timePeriod": "1m", "rejectExecution": True}
    flows.write("p/f.flow", {"steps": [step, output()]})
    client = flows.client()
    assert (await client.get("p/f.flow")).text == "done"
    refused = await client.get("p/f.flow")
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["detail"] == "more than 1 came in the period"


@pytest.mark.parametrize("mode", ["rate", "concurrency"])
def test_processes_share_the_durable_store(flows: Flows, mode: str) -> None:
    limit = {"maximumRequests": 1} if mode == "rate" else {"maximumConcurrent": 1}
    step = {"type": "throttle", "mode": mode, **limit, "store": "durable", "rejectExecution": True}
    wait = {"type": "delay", "duration": "500ms"}

    async def play(one: FlowClient, other: FlowClient) -> None:
        first = asyncio.create_task(one.get("p/f.flow"))
        await asyncio.sleep(0.1)
        assert (await other.get("p/f.flow")).status == 429
        assert (await first).text == "done"
        await asyncio.sleep(1)
        assert (await other.get("p/f.flow")).text == "done"

    played(flows, [{**step, "steps": [wait]}, output()], play)


def test_what_waits_in_another_process_goes_on_soon_after(flows: Flows) -> None:
    async def play(one: FlowClient, other: FlowClient) -> None:
        first = asyncio.create_task(one.get("p/f.flow"))
        await asyncio.sleep(0.1)
        await other.get("p/f.flow")
        assert (await first).text == "done"
        assert 2 <= seconds() <= 2.2

    played(flows, [{**HELD, "store": "durable", "steps": [{"type": "delay", "duration": "1s"}]}, output()], play)


def test_the_place_of_a_process_that_is_gone_is_free_again(flows: Flows) -> None:
    async def play(one: FlowClient, other: FlowClient) -> None:
        store = one.agent.runtime.stores.durable
        await store.add("p/f.flow#1", "*", pack({"gone": START + 30}, 1000), START)
        await other.get("p/f.flow")
        assert 30 <= seconds() <= 30.2

    played(flows, [{**HELD, "store": "durable"}, output()], play)


@pytest.mark.parametrize("store", ["memory", "durable"])
def test_who_is_cut_off_takes_no_place(flows: Flows, store: str) -> None:
    wait = {"type": "delay", "duration": "10s"}

    async def play(one: FlowClient, other: FlowClient) -> None:
        tasks = [asyncio.create_task(one.get("p/f.flow")) for _ in range(5)]
        await asyncio.sleep(1)
        for task in tasks[:4]:
            task.cancel()
        await asyncio.wait(tasks[:4])
        assert (await tasks[4]).text == "done"
        assert 11 <= seconds() <= 11.2
        assert len(asyncio.all_tasks()) == 1

    played(flows, [{**HELD, "store": store, "steps": [wait]}, output()], play)


def test_keys_beyond_the_bound_are_forgotten(flows: Flows) -> None:
    step = {"type": "throttle", "maximumRequests": 1, "timePeriod": "1h", "rejectExecution": True, "maxKeys": 2}

    async def play(one: FlowClient, other: FlowClient) -> None:
        async def status(key: str) -> int:
            return (await one.get(f"p/f.flow?k={key}")).status

        assert [await status(key) for key in ("a", "b", "a", "b")] == [200, 200, 429, 429]
        assert [await status(key) for key in ("c", "a")] == [200, 200]

    played(flows, [{**step, "correlation": "request.query.k"}], play)


async def test_keys_of_any_value(flows: Flows) -> None:
    step = {"type": "throttle", "maximumRequests": 1, "timePeriod": "1h", "rejectExecution": True}
    flows.write("p/f.flow", {"steps": [{**step, "correlation": "body.k"}]})
    client = flows.client()
    for key in (1, True, [1, 2], {"a": 1}, "x" * 1000):
        statuses = [(await client.post("p/f.flow", json={"k": key})).status for _ in range(2)]
        assert statuses == [200, 429]
    for missing in (None, "", "x" * 1001):
        assert (await client.post("p/f.flow", json={"k": missing})).json()["code"] == "throttle.correlation"


async def test_a_branch_gives_its_place_back_when_it_ends(flows: Flows) -> None:
    tap = {"type": "wireTap", "flow": {"steps": [HELD]}}
    flows.write("p/f.flow", {"steps": [tap, output()]})
    client = flows.client()
    for _ in range(3):
        await client.get("p/f.flow")
        await client.settle()
    assert [run.error for run in client.runs] == [None] * 6


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "`maximumRequests` is missing"),
        ({"mode": "concurrency"}, "`maximumConcurrent` is missing"),
        ({"maximumRequests": 1, "maximumConcurrent": 1}, "`maximumConcurrent` is not for the mode `rate`"),
        ({"maximumRequests": 0}, "must be from 1 to 1000000"),
        ({"maximumRequests": 1, "timePeriod": "0s"}, "longer than nothing"),
    ],
)
def test_what_does_not_fit_is_told(flows: Flows, fields: dict[str, Any], problem: str) -> None:
    assert problem in flows.problems([{"type": "throttle", **fields}])[0]


async def test_a_flow_that_calls_itself_keeps_the_place_that_it_has(flows: Flows) -> None:
    count = {"type": "set", "properties": {"n": "${properties.n + 1}"}}
    again = {"type": "flow", "module": "/p/f.flow", "when": "properties.n < 3"}
    steps = [{**HELD, "steps": [count, {"type": "delay", "duration": "1ms"}, again]}]
    flows.write("p/f.flow", {"steps": steps})
    flows.write(
        "p/begin.flow",
        {"properties": {"n": 0}, "steps": [{"type": "flow", "module": "/p/f.flow"}, output("${properties.n}")]},
    )
    client = flows.client()
    async with asyncio.timeout(20):
        results = await asyncio.gather(*(client.call("GET", "p/begin.flow") for _ in range(3)))
    assert [result.text for result in results] == ["3", "3", "3"]
    await client.close()
