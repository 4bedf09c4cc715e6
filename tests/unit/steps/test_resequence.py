import asyncio
from typing import Any

import pytest

from airdock.stores.memory import MemoryStore
from airdock.testing import FlowClient
from airdock.testing.recording import RecordedRun
from airdock.testing.virtual import run_virtually
from tests.unit.flows import Flows, output
from tests.unit.steps.virtual import died, play, process

HANDLED = {"type": "set", "properties": {"done": "${body}"}}
SLOW = {"type": "delay", "duration": "2s"}


def write(flows: Flows, *steps: Any, **fields: Any) -> None:
    step = {"type": "resequence", "expression": "body", "steps": list(steps) or [HANDLED], **fields}
    flows.write("p/f.flow", {"steps": [step, output()]})


def parts(client: FlowClient) -> list[RecordedRun]:
    return [run for run in client.runs if run.exchange.run.step]


def delivered(*clients: FlowClient) -> list[Any]:
    """What was delivered well, in the order in which it ended."""
    runs = [run for client in clients for run in parts(client) if run.error is None]
    return [run.exchange.properties["done"] for run in sorted(runs, key=lambda run: run.ended_ns)]


async def send(client: FlowClient, *bodies: Any) -> None:
    for body in bodies:
        assert (await client.post("p/f.flow", json=body)).text == "done"


@pytest.mark.parametrize("fields", [{"batchSize": 4}, {"mode": "stream", "gapTimeout": "5s"}])
def test_of_several_processes_one_delivers_at_a_time(flows: Flows, fields: dict[str, Any]) -> None:
    write(flows, SLOW, HANDLED, **fields)

    async def main() -> None:
        store = MemoryStore()
        clients = [process(flows, store) for _ in range(3)]
        for number in (3, 1, 2, 4):
            await send(clients[number % 3], number)
        await asyncio.sleep(30)
        assert delivered(*clients) == [1, 2, 3, 4]
        for client in clients:
            await client.close()

    run_virtually(main)


@pytest.mark.parametrize("fields", [{"batchSize": 4}, {"mode": "stream", "gapTimeout": "2s"}])
def test_messages_outlive_their_process(flows: Flows, fields: dict[str, Any]) -> None:
    write(flows, SLOW, HANDLED, **fields)

    async def main() -> None:
        store = MemoryStore()
        first = process(flows, store)
        await send(first, 3, 1, 4, 2)
        await asyncio.sleep(5)
        await died(first)
        done = delivered(first)
        assert 0 < len(done) < 4
        second = process(flows, store)
        second.agent.begin_duties()
        await asyncio.sleep(120)
        assert done + delivered(second) == [1, 2, 3, 4]
        assert parts(second)[0].exchange.run.attempt == 2
        await second.close()

    run_virtually(main)


@pytest.mark.parametrize("fields", [{"batchSize": 2}, {"mode": "stream", "gapTimeout": "2s"}])
def test_a_message_that_kills_each_process_is_given_up_and_those_behind_go_on(
    flows: Flows, fields: dict[str, Any]
) -> None:
    deadly = {"type": "delay", "duration": "1h", "when": "body = 1"}
    write(flows, deadly, HANDLED, maximumRedeliveries=1, **fields)

    async def main() -> None:
        store = MemoryStore()
        clients = [process(flows, store) for _ in range(3)]
        await send(clients[0], 2, 1)
        for client in clients[:2]:
            client.agent.begin_duties()
            await asyncio.sleep(60)
            await died(client)
        clients[2].agent.begin_duties()
        await asyncio.sleep(60)
        assert delivered(*clients) == [2]
        errors = [run.error for client in clients for run in parts(client) if run.error is not None]
        assert [error.code for error in errors] == ["flow.cancelled", "flow.cancelled", "delivery.exhausted"]
        assert errors[-1].checkpoint.steps == ["1.1"]
        await clients[2].close()

    run_virtually(main)


def test_each_delivery_is_a_run_that_names_its_message(flows: Flows) -> None:
    write(flows, batchSize=2)

    async def scene(client: FlowClient) -> None:
        await send(client, 2, 1)
        await asyncio.sleep(1)
        second, first, *beside = client.runs
        assert [run.exchange.run.parent for run in beside] == [first.exchange.run.id, second.exchange.run.id]
        assert {run.exchange.run.step for run in beside} == {"1"}

    play(flows, scene)


def test_a_stream_may_begin_anew(flows: Flows) -> None:
    write(flows, mode="stream", gapTimeout="2s")

    async def scene(client: FlowClient) -> None:
        await send(client, 100, 101)
        await asyncio.sleep(3)
        await send(client, 1, 2, 3)
        await asyncio.sleep(2)
        await send(client, 4)
        await asyncio.sleep(0.1)
        assert delivered(client) == [100, 101, 1, 2, 3, 4]

    play(flows, scene)


@pytest.mark.parametrize("value", [1.5, 10**16, -(10**16), "1", None, [1]])
def test_a_stream_needs_whole_numbers(flows: Flows, value: Any) -> None:
    write(flows, mode="stream")

    async def scene(client: FlowClient) -> None:
        result = await client.post("p/f.flow", json=value)
        assert (result.status, result.json()["code"]) == (400, "resequence.value")

    play(flows, scene)


def test_a_caller_that_goes_while_it_waits_leaves_room_for_others(flows: Flows) -> None:
    write(flows, mode="stream", capacity=1, gapTimeout="10s")

    async def scene(client: FlowClient) -> None:
        await send(client, 1)
        first, second = (asyncio.create_task(send(client, number)) for number in (5, 7))
        await asyncio.sleep(1)
        first.cancel()
        await second
        await asyncio.sleep(60)
        assert delivered(client) == [1, 7]

    play(flows, scene)


def test_a_flow_that_is_changed_while_it_delivers_delivers_nothing_twice(flows: Flows) -> None:
    write(flows, SLOW, HANDLED, batchSize=4)

    async def main() -> None:
        store = MemoryStore()
        before = process(flows, store)
        await send(before, 4, 3, 2, 1)
        await asyncio.sleep(3)
        before.agent.runtime.background.keep(())
        after = process(flows, store)
        after.agent.begin_duties()
        await asyncio.sleep(60)
        assert delivered(before, after) == [1, 2, 3, 4]
        await before.close()
        await after.close()

    run_virtually(main)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"rejectOld": True}, "`batch`"),
        ({"mode": "stream", "reverse": True}, "`stream`"),
        ({"batchSize": 0}, "1"),
        ({"deliveryAttemptInterval": "1ms"}, '"10ms" at least'),
    ],
)
def test_what_does_not_fit_together_is_told(flows: Flows, fields: dict[str, Any], told: str) -> None:
    step = {"type": "resequence", "expression": "body", "steps": [HANDLED], **fields}
    assert told in flows.problems([step])[0]
