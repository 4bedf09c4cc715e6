"""The `sql` step in flows."""

import json
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.sql.step import sets_of
from airdock.errors import FlowError
from tests.unit.connectors.opened import flows
from tests.unit.flows import Flows, output


def sql(statement: str, **rest: Any) -> dict[str, Any]:
    return {"type": "sql", "connection": "/p/db.connection", "statement": statement, **rest}


@pytest.fixture
def project(tmp_path: Path) -> Flows:
    project = Flows(tmp_path)
    project.write("p/db.connection", {"type": "sql", "url": "sqlite:///shop.db"})
    return project


async def answer(project: Flows, steps: list[Any], query: str = "", **rest: Any) -> Any:
    project.write("p/f.flow", {"steps": steps})
    async with flows(project.folder) as client:
        return await client.call("POST", f"p/f.flow?{query}", **rest)


TABLE = sql("create table if not exists goods (id integer primary key, name text)", mode="execute", result="made")


async def test_parameters_come_from_the_message(project: Flows) -> None:
    steps = [
        TABLE,
        sql(
            "insert into goods values (:id, :name)",
            mode="execute",
            parameters={"id": "${body.id}", "name": "a-${body.name}"},
        ),
        sql("select * from goods where name = :name", parameters={"name": "a-'; drop table goods"}),
    ]
    result = await answer(project, steps, json={"id": 2**62 + 1, "name": "'; drop table goods"})
    assert result.json() == [{"id": 2**62 + 1, "name": "a-'; drop table goods"}]


async def test_a_batch_takes_objects(project: Flows) -> None:
    steps = [
        TABLE,
        sql(
            "insert into goods values (:id, :name)",
            mode="execute",
            batch="body",
            parameters={"name": "none"},
            result="done",
        ),
        sql("select * from goods order by id"),
        output("${properties.done.affected}"),
    ]
    result = await answer(project, steps, json=[{"id": 1, "name": "a", "more": True}, {"id": 2}])
    assert result.text == "2"
    names = await answer(project, [sql("select name from goods order by id")])
    assert names.json() == [{"name": "a"}, {"name": "none"}]
    empty = await answer(project, [sql("delete from goods where id = :id", mode="execute", batch="body")], json=[])
    assert empty.json() == {"affected": 0}


async def test_streamed_rows_are_split(project: Flows) -> None:
    steps = [
        TABLE,
        sql("insert into goods values (:id, 'x')", mode="execute", batch="[1..500].{'id': $}"),
        sql("select id from goods order by id", mode="stream"),
        {
            "type": "split",
            "steps": [
                sql("update goods set name = 'done' where id = :id", mode="execute", parameters={"id": "${body.id}"}),
            ],
        },
        sql("select count(*) from goods where name = 'done'", mode="scalar"),
    ]
    assert (await answer(project, steps)).json() == 500


async def test_errors_reach_handlers_with_their_code(project: Flows) -> None:
    insert = sql("insert into goods values (1, 'a')", mode="execute")
    caught = {
        "type": "try",
        "steps": [insert, insert],
        "catch": [{"on": ["connector.sql.constraint"], "steps": [output()]}],
    }
    assert (await answer(project, [TABLE, caught])).text == "done"
    assert (await answer(project, [insert])).status == 409


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (sql("select * from t where id = ${body.id}"), "`${}` in SQL would let a message write the statement"),
        (sql("select :id"), "`parameters` lacks `id`"),
        (sql("select ':id'", parameters={"id": 1}), "no parameter `:id`"),
        (sql("select 1", batch="body"), "`batch` belongs to the mode `execute`"),
        (sql("delete from t where id in :ids", batch="body", mode="execute"), "cannot stand in a batch"),
    ],
)
def test_what_cannot_be_is_told_at_its_place(project: Flows, step: dict[str, Any], says: str) -> None:
    [problem] = project.problems([step])
    assert says in problem
    assert "f.flow:1:" in problem


def test_a_batch_has_what_the_statement_names() -> None:
    assert sets_of({"a": 1, "b": 2}, {}, {"a"}) == [{"a": 1}]
    for value in ("x", ["x"], [{"b": 1}]):
        with pytest.raises(FlowError) as caught:
            sets_of(value, {}, {"a"})
        assert caught.value.code == "connector.sql.data"


async def test_flow_tests_mock_it_by_its_connection(project: Flows) -> None:
    project.write("p/f.flow", {"steps": [sql("select * from nowhere")]})
    mocks = [{"connection": "p/db.connection", "reply": {"body": [{"id": 1}]}}]
    async with flows(project.folder, mocks=mocks) as client:
        assert (await client.call("GET", "p/f.flow")).json() == [{"id": 1}]


async def test_fakes_are_empty_databases(project: Flows) -> None:
    project.write("p/db.connection", {"type": "sql", "url": "postgresql://db.example.com/shop"})
    project.write("p/f.flow", {"steps": [TABLE, sql("select count(*) from goods", mode="scalar")]})
    async with flows(project.folder, fakes=True) as client:
        assert (await client.call("GET", "p/f.flow")).json() == 0


def test_statements_that_only_read_may_be_repeated(project: Flows) -> None:
    from airdock.agent.linting import lint_space

    project.write("p/g.flow", {"steps": [sql("delete from t", mode="execute", retry={"attempts": 2}, timeout="1s")]})
    project.write("p/f.flow", json.dumps({"steps": [sql("select 1", retry={"attempts": 2}, timeout="1s")]}))
    told = [problem for problem in lint_space(project.client().agent.registry) if problem.code == "lint.unsafeRetry"]
    assert [problem.place.file for problem in told] == ["p/g.flow"]
