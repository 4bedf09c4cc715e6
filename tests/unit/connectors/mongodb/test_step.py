"""The `mongodb` step on the fake; no server is at hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.mongodb.client import told
from airdock.connectors.mongodb.connection import MongoDb
from airdock.connectors.mongodb.values import checked, plain
from airdock.errors import FlowError
from airdock.expressions import compile_template
from airdock.spec.connection import Secret
from tests.unit.connectors.opened import flows, opening
from tests.unit.flows import Flows

STEP = {"type": "mongodb", "connection": "/p/m.connection", "collection": "orders"}
SEED = {
    **STEP,
    "operation": "insert",
    "documents": [{"_id": n, "n": n, "tags": ["a"]} for n in range(5)],
    "result": "s",
}


@pytest.fixture
def project(tmp_path: Path) -> Flows:
    project = Flows(tmp_path)
    project.write("p/m.connection", {"type": "mongodb", "url": "mongodb://127.0.0.1:9/shop"})
    return project


async def outcome(project: Flows, *steps: dict[str, Any], body: Any = None) -> Any:
    project.write("p/f.flow", {"steps": list(steps)})
    async with flows(project.folder, fakes=True) as client:
        result = await client.call("POST", "p/f.flow", json=body)
        return result.json() if result.status == 200 else (result.status, result.json()["code"])


def step(operation: str, **fields: Any) -> dict[str, Any]:
    return {**STEP, "operation": operation, **fields}


async def test_documents_are_found(project: Flows) -> None:
    above = {"n": {"$gt": "${body.least}"}}
    found = await outcome(project, SEED, step("find", filter=above, sort={"n": -1}), body={"least": 2})
    assert [each["n"] for each in found] == [4, 3]
    assert (await outcome(project, SEED, step("findOne", filter={"n": {"$in": [3]}})))["n"] == 3
    either = {"$or": [{"n": 1}, {"n": {"$lte": 0}}], "tags": "a"}
    assert len(await outcome(project, SEED, step("find", filter=either))) == 2
    stages = [{"$match": {"n": {"$ne": 4}}}, {"$sort": {"n": -1}}, {"$limit": 1}]
    assert (await outcome(project, SEED, step("aggregate", pipeline=stages)))[0]["n"] == 3


async def test_documents_are_changed(project: Flows) -> None:
    change = {"$set": {"state.now": "${body.state}"}, "$inc": {"n": 10}, "$push": {"tags": "b"}, "$unset": {"x": 1}}
    changed = await outcome(
        project, SEED, step("update", filter={"n": 1}, update=change, result="u"), step("find", filter={"n": 11}),
        body={"state": "open"},
    )  # fmt: skip
    assert changed == [{"_id": 1, "n": 11, "tags": ["a", "b"], "state": {"now": "open"}}]
    made = await outcome(project, step("update", filter={"k": 1}, update={"$set": {"v": 2}}, upsert=True))
    assert made["matched"] == 0
    assert made["upsertedId"]
    assert await outcome(project, SEED, step("delete", filter={"n": {"$gte": 2}}, many=True)) == {"deleted": 3}


@pytest.mark.parametrize("value", [{"$ne": None}, [{"a": {"$where": "1"}}], {"a": {"$gt": ""}}])
async def test_a_value_of_the_message_is_never_an_operator(project: Flows, value: Any) -> None:
    refused = (400, "connector.mongodb.operator")
    named = {"user": "a", "password": "${body.password}"}
    assert await outcome(project, step("find", filter=named), body={"password": value}) == refused
    assert await outcome(project, step("insert", documents="${body.password}"), body={"password": value}) == refused
    changed = step("update", filter={"a": 1}, update={"$set": {"a": "${body.password}"}})
    assert await outcome(project, changed, body={"password": value}) == refused


async def test_errors_have_codes(project: Flows) -> None:
    assert await outcome(project, SEED, {**SEED, "result": "t"}) == (409, "connector.mongodb.constraint")
    assert (await outcome(project, SEED, step("find", limit=2)))[1] == "connector.mongodb.tooMany"
    assert (await outcome(project, SEED, step("find", filter={"n": {"$regex": "x"}})))[1] == "connector.mongodb.command"
    assert (await outcome(project, step("insert", documents=[1])))[1] == "connector.mongodb.command"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"operation": "insert"}, "`insert` needs `documents`"),
        ({"operation": "find", "update": {"$set": {}}}, "`find` has no `update`"),
        ({"operation": "update", "update": {"a": 1}}, "made of operators"),
        ({"operation": "mapReduce"}, "mapReduce"),
    ],
)
def test_what_cannot_be_is_told(project: Flows, fields: dict[str, Any], says: str) -> None:
    assert says in project.problems([{**STEP, **fields}])[0]


@pytest.mark.parametrize(
    "url", ["http://h/d", "mongodb://h", "mongodb://u:pw@h/d", "mongodb://h/d?x=1", "mongodb://u@h/d"]
)
def test_addresses_that_cannot_be_are_told(url: str) -> None:
    [(_, sentence)] = MongoDb.check(MongoDb(url=url))
    assert "pw" not in sentence


async def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    away = MongoDb(url="mongodb://u@127.0.0.1:9/d", password=Secret(secret="m"), tls=False, connect_timeout=0.2)
    with pytest.raises(FlowError) as caught:
        await away.connect(opening(tmp_path, {"m": "hidden-word"}))
    assert caught.value.code == "connector.unavailable"
    assert "hidden-word" not in str(caught.value)


def test_types_of_mongodb_are_made_and_read() -> None:
    from bson import ObjectId

    template = compile_template({"_id": {"$oid": "0" * 24}, "at": {"$date": "2026-01-31T10:00:00+00:00"}})
    made = checked(template, template.value)
    assert made == {"_id": ObjectId("0" * 24), "at": datetime(2026, 1, 31, 10, tzinfo=UTC)}
    assert plain(made) == {"_id": "0" * 24, "at": "2026-01-31T10:00:00+00:00"}
    for wrong in ({"$oid": "x"}, {"$date": "x"}):
        with pytest.raises(FlowError):
            checked(compile_template(wrong), wrong)


def test_what_the_driver_raises_is_told_by_codes() -> None:
    from pymongo import errors

    codes = {
        "connector.mongodb.constraint": errors.DuplicateKeyError("x", 11000),
        "connector.refused": errors.OperationFailure("x", 18),
        "connector.unavailable": errors.AutoReconnect("x"),
        "connector.timeout": errors.NetworkTimeout("x"),
        "connector.mongodb.command": errors.OperationFailure("x", 2),
    }
    assert {code: told("c", error).code for code, error in codes.items()} == {code: code for code in codes}
