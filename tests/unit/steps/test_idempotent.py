"""What the conformance cases do not show: several processes, one that is killed, callers that go."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from airdock.database import Database
from airdock.engine.runtime import Runtime
from airdock.errors import FlowError
from airdock.state import StateStore, Stores
from airdock.stores.memory import MemoryStore
from airdock.stores.sql import SqlStore
from airdock.testing import FlowClient
from airdock.testing.virtual import run_virtually
from tests.unit.flows import Flows, output
from tests.unit.steps.virtual import play, process
from tests.unit.stores.conftest import Mirror


def once(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "idempotent", "key": "request.query.k", **fields, "steps": list(steps)}


WAIT = {"type": "delay", "duration": "${request.query.d}"}
FAIL = {"type": "throw", "code": "a.b", "when": "request.query.fail"}


def seconds() -> float:
    return round(asyncio.get_running_loop().time(), 3)


class Severed:
    """A store that can be cut off from one process, as if that were killed."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self.cut = False

    def __getattr__(self, name: str) -> Any:
        if self.cut:
            raise FlowError("state.unavailable", "cut off")
        return getattr(self._store, name)


def test_a_key_of_a_killed_process_is_free_after_its_lease(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [once(WAIT, lease="30s"), output("${properties.duplicate}")]})

    async def main() -> tuple[str, float]:
        shared = MemoryStore()
        severed = Severed(shared)
        killed, other = process(flows, severed), process(flows, shared)
        first = asyncio.create_task(killed.get("p/f.flow?k=a&d=1h"))
        await asyncio.sleep(95)
        severed.cut = True
        second = await other.get("p/f.flow?k=a&d=0s")
        first.cancel()
        return second.text, seconds()

    text, at = run_virtually(main)
    assert text == "false"
    # It was prolonged by 30 s at 90 s, and was looked at once a second.
    assert 120 <= at <= 121


def test_a_key_is_prolonged_for_as_long_as_the_steps_run(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [once(WAIT, lease="3s"), output("${properties.duplicate}")]})

    async def main() -> tuple[list[str], float]:
        shared = MemoryStore()
        clients = [process(flows, shared) for _ in range(2)]
        results = await asyncio.gather(*(client.get("p/f.flow?k=a&d=60s") for client in clients))
        return sorted(result.text for result in results), seconds()

    texts, at = run_virtually(main)
    assert texts == ["false", "true"]
    assert 60 <= at <= 61


@pytest.mark.parametrize("store", ["memory", "durable"])
def test_of_many_at_once_one_is_processed(flows: Flows, store: str) -> None:
    steps = [once({"type": "log", "message": "x"}, WAIT, store=store), output("${properties.duplicate}")]
    flows.write("p/f.flow", {"steps": steps})

    async def main() -> list[str]:
        client = process(flows, MemoryStore())
        return [r.text for r in await asyncio.gather(*(client.get("p/f.flow?k=a&d=1s") for _ in range(50)))]

    assert sorted(run_virtually(main)) == ["false"] + ["true"] * 49


@pytest.mark.parametrize("store", ["memory", "durable"])
@pytest.mark.parametrize("in_flight", ["wait", "duplicate"])
def test_a_caller_that_goes_leaves_no_key_and_no_task(flows: Flows, store: str, in_flight: str) -> None:
    flows.write("p/f.flow", {"steps": [once(WAIT, store=store, inFlight=in_flight), output("${properties.duplicate}")]})

    async def main() -> str:
        client = process(flows, MemoryStore())
        calls = [asyncio.create_task(client.get("p/f.flow?k=a&d=1h")) for _ in range(3)]
        await asyncio.sleep(1)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return (await client.get("p/f.flow?k=a&d=0s")).text

    assert run_virtually(main) == "false"


def test_a_caller_that_goes_while_the_key_is_added_leaves_none(flows: Flows, tmp_path: Path) -> None:
    flows.write("p/f.flow", {"steps": [once(output("processed"))]})
    database = Database(tmp_path / "home")
    store = SqlStore(database, Mirror())

    async def main() -> str:
        client = process(flows, store)
        await store.count("s", 0)
        call = asyncio.create_task(client.get("p/f.flow?k=a"))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return (await client.get("p/f.flow?k=a")).text

    assert run_virtually(main) == "processed"
    store.stop()
    database.close()


def test_keys_are_known_after_a_restart(flows: Flows, tmp_path: Path) -> None:
    flows.write(
        "p/f.flow",
        {"steps": [once(FAIL, {"type": "stop", "when": "request.query.s"}), output("${properties.duplicate}")]},
    )
    texts = []
    for query in ("k=a", "k=b&fail=1", "k=c&s=1", "k=a", "k=b", "k=c"):
        database = Database(tmp_path / "home")
        store = SqlStore(database, Mirror())

        async def main(query: str = query, store: SqlStore = store) -> str:
            result = await process(flows, store).get(f"p/f.flow?{query}")
            return result.text if result.status == 200 else result.json()["code"]

        texts.append(run_virtually(main))
        store.stop()
        database.close()
    assert texts == ["false", "a.b", "", "true", "false", "true"]


@pytest.mark.parametrize("store", ["memory", "durable"])
@pytest.mark.parametrize("parallel", [False, True])
def test_a_run_does_not_wait_for_itself(flows: Flows, store: str, parallel: bool) -> None:
    inner = once(output(), store=store, repository="r")
    flows.write("p/inner.flow", {"steps": [inner]})
    split = {
        "type": "split",
        "parallel": parallel,
        "expression": "[1]",
        "steps": [{"type": "flow", "module": "/p/inner.flow"}],
    }
    flows.write("p/f.flow", {"steps": [once({"type": "delay", "duration": "1s"}, split, store=store, repository="r")]})
    tap = {"type": "wireTap", "module": "/p/inner.flow"}
    flows.write("p/tap.flow", {"steps": [once(tap, {"type": "delay", "duration": "1s"}, store=store, repository="r")]})

    async def called(client: FlowClient) -> tuple[str, int, list[str]]:
        told = (await client.get("p/f.flow?k=1")).json()
        again = await client.get("p/tap.flow?k=1")
        await client.settle()
        return told["code"], again.status, [run.error.code for run in client.runs if run.error is not None]

    assert play(flows, called) == ("idempotent.inFlight", 200, ["idempotent.inFlight"])


async def test_a_store_that_is_away_fails_the_message_and_not_the_next(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [once(output("processed"))]})
    severed = Severed(MemoryStore())
    client = FlowClient(flows.folder, runtime=Runtime(stores=Stores(MemoryStore(), severed)))
    severed.cut = True
    failed = await client.get("p/f.flow?k=a")
    assert (failed.status, failed.json()["code"]) == (503, "state.unavailable")
    severed.cut = False
    assert (await client.get("p/f.flow?k=a")).text == "processed"


class Unremovable(MemoryStore):
    """A store that fails when something is to be removed."""

    async def remove(self, space: str, key: str, revision: int | None = None) -> bool:
        raise FlowError("state.unavailable", "cut off")


async def test_a_failure_counts_also_where_the_key_cannot_be_removed(
    flows: Flows, caplog: pytest.LogCaptureFixture
) -> None:
    flows.write("p/f.flow", {"steps": [once(FAIL)]})
    client = FlowClient(flows.folder, runtime=Runtime(stores=Stores(MemoryStore(), Unremovable())))
    failed = await client.get("p/f.flow?k=a&fail=1")
    assert failed.json()["code"] == "a.b"
    assert "was not removed" in caplog.text


@pytest.mark.parametrize("key", ["x" * 100_000, "sha256:" + "0" * 64, "\x00", "é😀", " "])
async def test_every_text_is_a_key(flows: Flows, key: str) -> None:
    flows.write("p/f.flow", {"steps": [once(output("processed"), key="body.id")]})
    client = flows.client()
    texts = [(await client.post("p/f.flow", json={"id": each})).text for each in (key, key, key + "x", key)]
    assert texts == ["processed", "", "processed", ""]


async def test_objects_are_keys_whatever_the_order_of_their_fields(flows: Flows) -> None:
    flows.write("p/f.flow", {"steps": [once(output("processed"), key="body")]})
    client = flows.client()
    bodies = ('{"a": 1, "b": [2]}', '{"b": [2], "a": 1}', '{"a": 1, "b": [3]}')
    json = {"content-type": "application/json"}
    texts = [(await client.post("p/f.flow", content=body.encode(), headers=json)).text for body in bodies]
    assert texts == ["processed", "", "processed"]


async def test_a_sandbox_and_a_project_share_nothing_with_others(flows: Flows) -> None:
    flow = {"steps": [once(output("processed"), repository="orders")]}
    for path in ("p/f.flow", "q/f.flow", "r.flow"):
        flows.write(path, flow)
    client = flows.client()
    texts = [(await client.get(f"{path}?k=a")).text for path in ("p/f.flow", "q/f.flow", "r.flow", "p/f.flow")]
    assert texts == ["processed", "processed", "processed", ""]


def test_what_does_not_fit_is_told(flows: Flows) -> None:
    assert "a key that is not remembered" in flows.problems([once(output(), ttl="0s")])[0]
    assert "a lease is a second at least" in flows.problems([once(output(), lease="10ms")])[0]
    assert "keep one of the two" in flows.problems([once(output(), skipDuplicate=False, onDuplicate=[output()])])[0]
    assert "key" in flows.problems([{"type": "idempotent", "steps": [output()]}])[0]
