"""The `transaction` step in flows, on each database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.unit.connectors.opened import flows
from tests.unit.connectors.sql.test_step import TABLE, sql
from tests.unit.flows import Flows, output

COUNT = sql("select count(*) from goods", mode="scalar")


def insert(number: Any, **rest: Any) -> dict[str, Any]:
    return sql("insert into goods values (:id, 'x')", mode="execute", parameters={"id": number}, **rest)


def transaction(*steps: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"type": "transaction", "connection": "/p/db.connection", "steps": list(steps), **rest}


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", "sqlite")


@pytest.fixture
def project(tmp_path: Path, url: str) -> Flows:
    project = Flows(tmp_path)
    project.write("p/db.connection", {"type": "sql", "url": url})
    project.write("p/table.flow", {"steps": [TABLE]})
    project.write("p/count.flow", {"steps": [COUNT]})
    return project


async def outcome(project: Flows, *steps: dict[str, Any], **flow: Any) -> tuple[int, int]:
    """The status of a flow of these steps, and how many rows there are then."""
    project.write("p/f.flow", {"steps": list(steps), **flow})
    async with flows(project.folder) as client:
        await client.call("GET", "p/table.flow")
        result = await client.call("GET", "p/f.flow")
        await client.settle()
        return result.status, (await client.call("GET", "p/count.flow")).json()


ON_EACH = pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"], indirect=True)


@ON_EACH
async def test_it_is_committed_at_the_end(project: Flows) -> None:
    checked = {"type": "throw", "when": "body != 2", "code": "test.count", "message": "x"}
    assert await outcome(project, transaction(insert(1), insert(2), COUNT, checked, isolation="serializable")) == (
        200,
        2,
    )


@ON_EACH
async def test_it_is_undone_when_a_step_fails(project: Flows) -> None:
    handled = {"onError": [{"on": ["connector.sql.constraint"], "handled": True, "steps": [COUNT]}]}
    assert await outcome(project, transaction(insert(1), insert(2), insert(1)), **handled) == (200, 0)


async def test_it_is_undone_when_the_run_is_stopped(project: Flows) -> None:
    assert await outcome(project, transaction(insert(1), {"type": "stop"})) == (200, 0)


@ON_EACH
async def test_it_is_undone_when_it_takes_too_long(project: Flows) -> None:
    slow = {"type": "delay", "duration": "30s"}
    assert await outcome(project, transaction(insert(1), slow, timeout="200ms")) == (504, 0)


async def test_an_error_that_is_caught_inside_undoes_nothing(project: Flows) -> None:
    caught = {"type": "try", "steps": [insert(1)], "catch": [{"steps": [output()]}]}
    assert await outcome(project, transaction(insert(1), caught, insert(2))) == (200, 2)


async def test_flows_that_are_called_belong_to_it(project: Flows) -> None:
    project.write("p/called.flow", {"steps": [transaction(insert(2))]})
    called = {"type": "flow", "module": "/p/called.flow"}
    looped = {"type": "loop", "count": 2, "steps": [insert("${loop.index + 10}")]}
    split = {"type": "split", "expression": "[20..24]", "steps": [insert("${body}")]}
    assert await outcome(project, transaction(insert(1), called, looped, split)) == (200, 9)
    assert await outcome(project, transaction(called, split, insert(1))) == (409, 9)


async def test_steps_side_by_side_cannot_share_it(project: Flows) -> None:
    split = {"type": "split", "expression": "[1..3]", "parallel": True, "steps": [insert("${body}")]}
    project.write("p/f.flow", {"steps": [transaction(split)]})
    async with flows(project.folder) as client:
        await client.call("GET", "p/table.flow")
        assert "connector.sql.parallel" in (await client.call("GET", "p/f.flow")).text


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"], indirect=True)
async def test_runs_of_their_own_have_no_part_in_it(project: Flows) -> None:
    tapped = {"type": "wireTap", "flow": {"steps": [insert(5)]}}
    failed = {"type": "throw", "code": "test.end", "message": "x"}
    assert await outcome(project, transaction(insert(1), tapped, {"type": "delay", "duration": "300ms"}, failed)) == (
        500,
        1,
    )


async def test_transactions_of_many_runs_are_kept_apart(project: Flows) -> None:
    steps = [
        transaction(
            insert("${$number(request.query.id)}"),
            {"type": "throw", "when": "request.query.id = '3'", "code": "x.y", "message": "x"},
        )
    ]
    project.write("p/f.flow", {"steps": steps})
    async with flows(project.folder) as client:
        await client.call("GET", "p/table.flow")
        results = await asyncio.gather(*(client.call("GET", f"p/f.flow?id={number}") for number in range(6)))
        assert [result.status for result in results] == [200, 200, 200, 500, 200, 200]
        assert (await client.call("GET", "p/count.flow")).json() == 5
