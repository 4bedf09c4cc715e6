"""What the conformance cases do not show: several at once, branches, a restart, and what is no stack."""

import asyncio
from pathlib import Path
from typing import Any

from airdock.database import Database
from airdock.state import StateStore
from airdock.stores.sql import SqlStore
from airdock.testing.virtual import run_virtually
from tests.unit.flows import Flows, output
from tests.unit.steps.virtual import process
from tests.unit.stores.conftest import Mirror


def check(operation: str, **fields: Any) -> dict[str, Any]:
    keyed = {} if operation in ("push", "pop") else {"key": "${request.query.k}"}
    return {"type": "claimCheck", "operation": operation, **keyed, **fields}


async def test_of_several_at_once_one_gets_what_is_removed(flows: Flows) -> None:
    flows.write("p/set.flow", {"steps": [check("set")]})
    flows.write("p/get.flow", {"steps": [check("getAndRemove", whenMissing="fail"), output("${body.a}")]})
    client = flows.client()
    await client.post("p/set.flow?k=1", json={"a": "luggage"})
    results = await asyncio.gather(*(client.get("p/get.flow?k=1") for _ in range(20)))
    assert sorted(result.status for result in results) == [200] + [404] * 19


def test_what_is_put_aside_outlives_the_process(flows: Flows, tmp_path: Path) -> None:
    flows.write("p/set.flow", {"steps": [check("set")]})
    flows.write("p/get.flow", {"steps": [check("get"), output("${body.a}")]})

    def store() -> tuple[SqlStore, Database]:
        database = Database(tmp_path / "home")
        return SqlStore(database, Mirror()), database

    async def put(store: StateStore) -> int:
        return (await process(flows, store).post("p/set.flow?k=1", json={"a": "luggage"})).status

    async def get(store: StateStore) -> str:
        return (await process(flows, store).get("p/get.flow?k=1")).text

    before, database = store()
    assert run_virtually(lambda: put(before)) == 200
    before.stop()
    database.close()
    after, database = store()
    assert run_virtually(lambda: get(after)) == "luggage"
    after.stop()
    database.close()


async def test_a_sandbox_and_other_projects_are_apart(flows: Flows) -> None:
    flows.write("p/set.flow", {"steps": [check("set")]})
    for path in ("p/get.flow", "q/get.flow"):
        flows.write(path, {"steps": [check("get", whenMissing="fail"), output("${body.a}")]})
    client = flows.client()
    await client.post("p/set.flow?k=1", json={"a": "luggage"})
    assert [(await client.get(f"{path}?k=1")).status for path in ("p/get.flow", "q/get.flow")] == [200, 404]


async def test_branches_have_a_stack_each(flows: Flows) -> None:
    branch = {"steps": [check("pop"), check("pop"), output("${body} ")]}
    steps = [
        {"type": "set", "body": "one"},
        check("push"),
        {"type": "set", "body": "two"},
        {"type": "multicast", "flows": [branch, branch]},
        check("pop"),
        output("${body}"),
    ]
    assert (await flows.run(steps)).text == "one one one"


async def test_what_is_no_stack_is_told(flows: Flows) -> None:
    result = await flows.run([{"type": "set", "properties": {"claimCheck": ["text"]}}, check("pop")])
    assert (result.status, result.json()["code"]) == (500, "state.content")


async def test_a_key_of_any_length_is_kept(flows: Flows) -> None:
    flows.write(
        "p/f.flow", {"steps": [check("set", key="${body.id}"), check("get", key="${body.id}"), output("${body.n}")]}
    )
    client = flows.client()
    texts = [(await client.post("p/f.flow", json={"id": "x" * 50_000 + end, "n": end})).text for end in "abc"]
    assert texts == ["a", "b", "c"]


def test_what_does_not_fit_is_told(flows: Flows) -> None:
    assert "`get` needs a `key`" in flows.problems([{"type": "claimCheck", "operation": "get"}])[0]
    assert "has no key" in flows.problems([check("push", key="a")])[0]
    assert "is no rule" in flows.problems([check("get", filter="bodies")])[0]
    assert "when a message is taken back" in flows.problems([check("set", filter="--body")])[0]
    assert "give a time" in flows.problems([check("set", ttl="0s")])[0]
    assert "operation" in flows.problems([{"type": "claimCheck"}])[0]
