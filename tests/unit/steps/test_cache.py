import asyncio
import logging
from typing import Any

import pytest

from airdock.engine.runtime import Runtime
from airdock.state import Stores
from airdock.stores.memory import MemoryStore
from airdock.testing import FlowClient
from airdock.testing.virtual import VirtualClock, run_virtually
from tests.unit.flows import Flows, output


def cache(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "cache", "key": "request.query.k", "ttl": "1h", **fields, "steps": list(steps)}


MAKE = {"type": "set", "body": {"v": "${request.query.v}", "n": 9007199254740993, "l": [1, {"a": None}]}}


async def test_values_are_the_same_when_they_come_back(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [cache(MAKE)]})
    client = flows.client()
    first = await client.get("p/f.flow?k=a&v=ä")
    assert (await client.get("p/f.flow?k=a&v=2")).content == first.content


async def test_stop_inside_ends_the_flow_and_keeps_nothing(flows: Flows) -> None:
    stop = {"type": "stop", "when": "request.query.s"}
    flows.write("p/f.flow", {"steps": [cache(stop, MAKE), output("${body.v}")]})
    client = flows.client()
    texts = [(await client.get(f"p/f.flow?k=a&{query}")).text for query in ("s=1", "v=1", "v=2")]
    assert texts == ["", "1", "1"]


def test_those_who_wait_for_what_cannot_be_kept_make_it_at_once(flows: Flows, caplog: pytest.LogCaptureFixture) -> None:
    wait = {"type": "delay", "duration": "1s"}
    flows.write("p/f.flow", {"steps": [cache(wait, MAKE, maxSize="50B"), output()]})

    async def main() -> float:
        client = FlowClient(flows.folder, runtime=Runtime(VirtualClock()))
        results = await asyncio.gather(*(client.get("p/f.flow?k=a") for _ in range(5)))
        assert {result.status for result in results} == {200}
        return asyncio.get_running_loop().time()

    with caplog.at_level(logging.WARNING, "airdock.steps"):
        assert run_virtually(main) == 2.0
    [record] = caplog.records
    assert record.message == "the cache p/f.flow#1 has a value that is not kept: it is larger than 50 bytes"


async def test_a_body_that_is_still_on_the_wire_is_read(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [cache({"type": "log", "message": "x"}), output("${body.a}")]})
    client = flows.client()
    assert (await client.post("p/f.flow?k=a", json={"a": 1})).text == "1"
    assert (await client.post("p/f.flow?k=a", json={"a": 2})).text == "1"


def test_processes_share_the_durable_store(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [cache(MAKE, store="durable"), output("${body.v}")]})
    shared = MemoryStore()

    async def main() -> list[str]:
        clients = [
            FlowClient(flows.folder, runtime=Runtime(VirtualClock(), Stores(MemoryStore(), shared))) for _ in range(2)
        ]
        return [(await client.get(f"p/f.flow?k=a&v={number}")).text for number, client in enumerate(clients)]

    assert run_virtually(main) == ["0", "0"]


@pytest.mark.parametrize("store", ["memory", "durable"])
def test_many_at_once_make_each_value_once(flows: Flows, store: str) -> None:
    wait = {"type": "delay", "duration": "1s"}
    flows.write("p/f.flow", {"steps": [cache({"type": "log", "message": "made"}, wait, MAKE, store=store)]})

    async def main() -> int:
        client = FlowClient(flows.folder, runtime=Runtime(VirtualClock()))
        await asyncio.gather(*(client.get(f"p/f.flow?k={number % 7}") for number in range(100)))
        return sum(run.steps.count("1.1") for run in client.runs)

    assert run_virtually(main) == 7


def test_what_does_not_fit_is_told(flows: Flows) -> None:
    assert "ttl" in flows.problems([cache(MAKE, ttl="soon")])[0]
    assert "maxEntries" in flows.problems([cache(MAKE, maxEntries=0)])[0]
    assert "steps" in flows.problems([cache()])[0]
