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


def aggregate(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "aggregate", "steps": list(steps) or [HANDLED], **fields}


def write(flows: Flows, *steps: Any, **fields: Any) -> None:
    flows.write("p/f.flow", {"steps": [aggregate(*steps, **fields), output()]})


def completed(client: FlowClient) -> list[RecordedRun]:
    return [run for run in client.runs if run.exchange.run.step]


def groups(client: FlowClient) -> list[Any]:
    """The values of the groups that were completed well."""
    return [run.exchange.properties["done"] for run in completed(client) if run.error is None]


async def send(client: FlowClient, *bodies: Any) -> None:
    for body in bodies:
        assert (await client.post("p/f.flow", json=body)).text == "done"


def test_a_complete_group_has_a_run_that_names_the_step_and_the_last_message(flows: Flows) -> None:
    flows.write(
        "p/f.flow",
        {
            "properties": {"shop": "north"},
            "steps": [aggregate(name="orders", correlation="body.k", completionSize=2), output()],
        },
    )

    async def scene(client: FlowClient) -> None:
        await send(client, {"k": 7}, {"k": 7})
        await client.settle()
        _, last, group = client.runs
        assert (group.exchange.run.parent, group.exchange.run.step) == (last.exchange.run.id, "orders")
        assert group.exchange.properties["aggregate"] == {"key": "7", "size": 2, "completedBy": "size"}
        assert group.exchange.properties["shop"] == "north"

    play(flows, scene)


def test_a_group_outlives_its_process(flows: Flows) -> None:
    write(flows, correlation="body.k", completionSize=3, completionTimeout="10s")

    async def main() -> None:
        store = MemoryStore()
        first = process(flows, store)
        await send(first, {"k": "a", "n": 1}, {"k": "b", "n": 2})
        await died(first)
        second = process(flows, store)
        await send(second, {"k": "a", "n": 3}, {"k": "a", "n": 4})
        await asyncio.sleep(15)
        assert groups(second) == [
            [{"k": "a", "n": 1}, {"k": "a", "n": 3}, {"k": "a", "n": 4}],
            [{"k": "b", "n": 2}],
        ]
        await second.close()

    run_virtually(main)


def test_a_complete_group_whose_process_dies_is_delivered_by_another(flows: Flows) -> None:
    write(flows, {"type": "delay", "duration": "5s"}, HANDLED, completionSize=1, recoveryInterval="20s")

    async def main() -> None:
        store = MemoryStore()
        first, second = process(flows, store), process(flows, store)
        await send(first, 1)
        await asyncio.sleep(1)
        await died(first)
        second.agent.begin_duties()
        await asyncio.sleep(18)
        assert groups(second) == []
        await asyncio.sleep(40)
        assert groups(second) == [[1]]
        assert completed(second)[0].exchange.run.attempt == 2
        await second.close()

    run_virtually(main)


def test_steps_that_take_longer_than_the_recovery_interval_run_once(flows: Flows) -> None:
    write(flows, {"type": "delay", "duration": "10m"}, HANDLED, completionSize=1, recoveryInterval="10s")

    async def main() -> None:
        store = MemoryStore()
        first, second = process(flows, store), process(flows, store)
        second.agent.begin_duties()
        await send(first, 1)
        await asyncio.sleep(1000)
        assert (groups(first), groups(second)) == ([[1]], [])
        assert await store.claim("p/f.flow#1", 10**10, 0) is None
        await first.close()
        await second.close()

    run_virtually(main)


@pytest.mark.parametrize(
    "completion", [{"completionTimeout": "3s"}, {"completionInterval": "5s"}, {"completionSize": 4}]
)
def test_of_several_processes_one_completes_a_group(flows: Flows, completion: dict[str, Any]) -> None:
    write(flows, correlation="body.k", **completion)

    async def main() -> None:
        store = MemoryStore()
        clients = [process(flows, store) for _ in range(4)]
        for number in range(40):
            await send(clients[number % 4], {"k": f"{number % 5}", "n": number})
        await asyncio.sleep(20)
        done = [item["n"] for client in clients for group in groups(client) for item in group]
        assert sorted(done) == list(range(40))
        assert sum(len(groups(client)) for client in clients) == (10 if "completionSize" in completion else 5)
        for client in clients:
            await client.close()

    run_virtually(main)


def test_a_group_that_kills_each_process_is_given_up_and_recorded(flows: Flows) -> None:
    write(flows, {"type": "delay", "duration": "1h"}, completionSize=1, recoveryInterval="10s", maximumRedeliveries=1)

    async def main() -> None:
        store = MemoryStore()
        for attempt in (1, 2):
            client = process(flows, store)
            if attempt == 1:
                await send(client, "deadly")
            client.agent.begin_duties()
            await asyncio.sleep(20)
            assert await client.agent.runtime.stores.durable.claim("x", 0, 0) is None
            await died(client)
            assert [run.exchange.run.attempt for run in completed(client)] == [attempt]
        last = process(flows, store)
        last.agent.begin_duties()
        await asyncio.sleep(60)
        (given_up,) = completed(last)
        assert given_up.error is not None
        assert given_up.error.code == "delivery.exhausted"
        assert given_up.exchange.body == ["deadly"]
        assert given_up.error.checkpoint.steps == ["1.1"]
        assert await store.claim("p/f.flow#1", 10**10, 0) is None
        await last.close()

    run_virtually(main)


def test_only_the_last_delivery_can_be_retried_by_hand(flows: Flows) -> None:
    write(flows, {"type": "throw", "code": "a.b"}, completionSize=1, recoveryInterval="10s", maximumRedeliveries=1)

    async def scene(client: FlowClient) -> None:
        await send(client, 1)
        await asyncio.sleep(60)
        errors = [run.error for run in completed(client)]
        assert [error and error.checkpoint.refusal for error in errors] == [
            "its group is delivered again by itself",
            "",
        ]

    play(flows, scene)


def test_the_flows_own_handler_takes_an_error_and_the_group_is_done(flows: Flows) -> None:
    flows.write(
        "p/f.flow",
        {
            "steps": [aggregate({"type": "throw", "code": "a.b"}, completionSize=1), output()],
            "onError": [{"on": ["a.b"], "steps": [HANDLED]}],
        },
    )

    async def scene(client: FlowClient) -> None:
        await send(client, 1)
        await asyncio.sleep(1000)
        assert groups(client) == [[1]]

    play(flows, scene)


def test_stop_ends_the_groups_run_alone(flows: Flows) -> None:
    write(flows, HANDLED, {"type": "stop"}, {"type": "throw", "code": "a.b"}, completionSize=1)

    async def scene(client: FlowClient) -> None:
        await send(client, 1)
        await asyncio.sleep(1000)
        assert groups(client) == [[1]]

    play(flows, scene)


def test_what_cannot_be_kept_is_told_with_its_place(flows: Flows) -> None:
    flows.write("p/s.py", "def service(exchange):\n    exchange.properties['x'] = {'of': iter(())}\n")
    flows.write("p/f.flow", {"steps": [{"type": "python", "module": "/p/s.py"}, aggregate(completionSize=1)]})

    async def scene(client: FlowClient) -> None:
        result = await client.post("p/f.flow", json=1)
        assert result.json()["code"] == "aggregate.message"
        assert "properties.x.of is a tuple_iterator" in result.json()["detail"]

    play(flows, scene)


def test_a_message_that_is_too_large_joins_nothing(flows: Flows) -> None:
    write(flows, completionSize=1, maxMessageSize="1KB")

    async def scene(client: FlowClient) -> None:
        result = await client.post("p/f.flow", json="x" * 2000)
        assert (result.status, result.json()["code"]) == (413, "aggregate.message")
        assert completed(client) == []

    play(flows, scene)


@pytest.mark.parametrize(
    ("value", "key"), [(1, "1"), (True, "true"), ([1, "a"], '[1,"a"]'), ({"b": 1, "a": 2}, '{"a":2,"b":1}')]
)
def test_keys_are_compared_by_their_json_text(flows: Flows, value: Any, key: str) -> None:
    write(flows, correlation="body.k", completionSize=2)

    async def scene(client: FlowClient) -> None:
        await send(client, {"k": value}, {"k": key})
        await client.settle()
        assert completed(client)[0].exchange.properties["aggregate"]["key"] == key

    play(flows, scene)


@pytest.mark.parametrize("value", ["x" * 1001, list(range(1000))])
def test_a_key_has_a_bound(flows: Flows, value: Any) -> None:
    write(flows, correlation="body.k", completionSize=2)

    async def scene(client: FlowClient) -> None:
        result = await client.post("p/f.flow", json={"k": value})
        assert (result.status, result.json()["code"]) == (400, "aggregate.correlation")

    play(flows, scene)


@pytest.mark.parametrize("wait", ["-1s", "soon", 10**12, None])
def test_a_timeout_that_is_none_joins_nothing(flows: Flows, wait: Any) -> None:
    write(flows, completionTimeout="${body.wait}")

    async def scene(client: FlowClient) -> None:
        result = await client.post("p/f.flow", json={"wait": wait})
        assert result.json()["code"] == "step.value"
        await asyncio.sleep(100)
        assert completed(client) == []

    play(flows, scene)


def test_a_strategy_that_fails_is_an_error_of_the_groups_run(flows: Flows) -> None:
    write(flows, completionSize=1, aggregate="$sum(body.n)", maximumRedeliveries=0)

    async def scene(client: FlowClient) -> None:
        await send(client, {"n": "none"})
        await client.settle()
        error = completed(client)[0].error
        assert error is not None
        assert (error.code, error.step) == ("expression.type", "1")

    play(flows, scene)


def test_only_so_many_closed_keys_are_remembered(flows: Flows) -> None:
    write(flows, correlation="body", completionSize=1, closeCorrelationKeyOnCompletion=2)

    async def scene(client: FlowClient) -> None:
        for key in "abc":
            await send(client, key)
            await asyncio.sleep(1)
        assert (await client.post("p/f.flow", json="c")).json()["code"] == "aggregate.closed"
        await send(client, "a")

    play(flows, scene)


def test_callers_that_go_away_while_they_wait_leave_room_for_others(flows: Flows) -> None:
    write(flows, {"type": "delay", "duration": "5s"}, HANDLED, completionSize=1, maxPending=1)

    async def scene(client: FlowClient) -> None:
        await send(client, 1)
        waiting = [asyncio.create_task(send(client, number)) for number in (2, 3, 4)]
        await asyncio.sleep(1)
        waiting[0].cancel()
        waiting[1].cancel()
        await waiting[2]
        await client.settle()
        assert groups(client) == [[1], [4]]

    play(flows, scene)


def test_groups_in_memory_are_of_one_process(flows: Flows) -> None:
    write(flows, completionSize=2, store="memory")

    async def main() -> None:
        store = MemoryStore()
        first, second = process(flows, store), process(flows, store)
        await send(first, 1)
        await send(second, 2)
        await send(first, 3)
        await first.settle()
        assert (groups(first), groups(second)) == ([[1, 3]], [])
        await first.close()
        await second.close()

    run_virtually(main)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "what completes a group"),
        ({"completionSize": 0}, "1"),
        ({"completionTimeout": "-1s"}, "duration"),
        ({"completionInterval": "1ms"}, '"10ms" at least'),
        ({"completionSize": 2, "eagerCheckCompletion": True}, "`completionPredicate`"),
        ({"completionSize": 2, "ignoreInvalidCorrelationKeys": True}, "`correlation`"),
        ({"completionSize": 2, "aggregate": "object"}, "`itemName`"),
        ({"completionSize": 2, "itemName": "body.n"}, "`itemName`"),
    ],
)
def test_what_does_not_fit_together_is_told(flows: Flows, fields: dict[str, Any], told: str) -> None:
    assert told in flows.problems([aggregate(**fields)])[0]
