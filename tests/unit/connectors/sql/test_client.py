"""What every database keeps, the fake included."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.sql.client import SqlClient, Work
from airdock.connectors.sql.held import holding
from airdock.connectors.sql.statement import Statement
from airdock.errors import FlowError
from tests.service.proxy import Proxy, proxied
from tests.unit.connectors.opened import opened
from tests.unit.connectors.sql.databases import declared

SLOW = {
    "sqlite": "with recursive c(n) as (select 1 union all select n + 1 from c where n < 100000000) select max(n)"
    " from c",
    "postgresql": "select pg_sleep(30)::text",
    "mariadb": "select sleep(30)",
}
SERVERS = ("postgresql", "mariadb")


async def do(client: SqlClient, text: str, mode: str = "execute", **parameters: Any) -> Any:
    return await client.run(Work(Statement(text), mode, parameters))


async def code_of(client: SqlClient, text: str, mode: str = "execute", **parameters: Any) -> str:
    with pytest.raises(FlowError) as caught:
        await do(client, text, mode, **parameters)
    return caught.value.code


@pytest.fixture
async def shop(client: SqlClient) -> SqlClient:
    await do(client, "create table goods (id bigint primary key, name varchar(20) not null, price decimal(20, 2))")
    return client


async def insert(client: SqlClient, *rows: tuple[int, str]) -> Any:
    sets = [{"id": number, "name": name} for number, name in rows]
    return await client.run(Work(Statement("insert into goods (id, name) values (:id, :name)"), "execute", sets))


async def count(client: SqlClient) -> int:
    value: int = await do(client, "select count(*) from goods", "scalar")
    return value


async def test_rows_a_row_and_a_scalar(shop: SqlClient) -> None:
    await insert(shop, (1, "tea"), (2**63 - 1, "it's :x ${y} %s"))
    rows = await do(shop, "select id, name from goods order by id", "rows")
    assert rows == [{"id": 1, "name": "tea"}, {"id": 2**63 - 1, "name": "it's :x ${y} %s"}]
    assert await do(shop, "select name from goods where id = :id", "row", id=1) == {"name": "tea"}
    assert await do(shop, "select name from goods where id = :id", "row", id=5) is None
    assert await do(shop, "select name from goods where id = :id", "scalar", id=5) is None


async def test_parameters_are_never_read_as_sql(shop: SqlClient) -> None:
    hostile = "x'); drop table goods; --"[:20]
    await insert(shop, (1, hostile))
    assert await do(shop, "select id from goods where name = :name", "scalar", name=hostile) == 1
    assert await do(shop, "select count(*) from goods where name in :names", "scalar", names=["' or 1=1 --"]) == 0


async def test_texts_are_taken_for_what_the_column_asks(shop: SqlClient) -> None:
    await do(shop, "insert into goods values (:id, 'a', :price)", id="7", price="123456789012345678.25")
    assert await do(shop, "select name from goods where id = :id", "scalar", id="7") == "a"


async def test_lists_stand_behind_in_also_empty_ones(shop: SqlClient) -> None:
    await insert(shop, (1, "a"), (2, "b"), (3, "c"))
    inside, outside = (
        "select count(*) from goods where id in :ids",
        "select count(*) from goods where name not in :names",
    )
    assert await do(shop, inside, "scalar", ids=[1, 3, 9]) == 2
    assert await do(shop, inside, "scalar", ids=[]) == 0
    assert await do(shop, outside, "scalar", names=["a"]) == 2
    assert await do(shop, outside, "scalar", names=[]) == 3
    assert await code_of(shop, inside, "scalar", ids=1) == "connector.sql.data"


async def test_a_batch_is_done_as_a_whole_or_not_at_all(shop: SqlClient) -> None:
    assert (await insert(shop, (1, "a"), (2, "b")))["affected"] in (2, None)
    with pytest.raises(FlowError) as caught:
        await insert(shop, (3, "c"), (1, "again"))
    assert caught.value.code == "connector.sql.constraint"
    assert await count(shop) == 2


async def test_errors_have_codes(shop: SqlClient, kind: str) -> None:
    await insert(shop, (1, "a"))
    assert await code_of(shop, "insert into goods (id, name) values (1, 'b')") == "connector.sql.constraint"
    assert await code_of(shop, "insert into goods (id) values (:id)", id=2) == "connector.sql.constraint"
    assert await code_of(shop, "selec 1") == "connector.sql.statement"
    assert await code_of(shop, "select * from nowhere", "rows") == "connector.sql.statement"
    assert await code_of(shop, "delete from goods where id = -1", "rows") == "connector.sql.statement"
    assert await code_of(shop, "select 1 as a, 2 as a", "rows") == "connector.sql.statement"
    if kind in SERVERS:
        long = "x" * 100
        assert await code_of(shop, "insert into goods (id, name) values (3, :n)", n=long) == "connector.sql.data"
    assert await code_of(shop, "insert into goods (id, name) values (:id, 'x')", id=2**70) == "connector.sql.data"
    assert await count(shop) == 1


async def test_more_rows_than_are_taken_are_an_error(shop: SqlClient) -> None:
    await insert(shop, (1, "a"), (2, "b"))
    every = Statement("select id from goods")
    assert len(await shop.run(Work(every, "rows", {}, most=2))) == 2
    with pytest.raises(FlowError) as caught:
        await shop.run(Work(every, "rows", {}, most=1))
    assert caught.value.code == "connector.sql.tooMany"
    assert await count(shop) == 2


async def test_rows_come_one_by_one_and_can_be_left(shop: SqlClient) -> None:
    await insert(shop, *((number, "x") for number in range(1000)))
    work = Work(Statement("select id from goods where id >= :least order by id"), "stream", {"least": 0})
    assert [row["id"] async for row in shop.rows(work)] == list(range(1000))
    for _ in range(12):  # more than the pool has connections
        async with contextlib.aclosing(shop.rows(work)) as rows:
            assert await anext(rows) == {"id": 0}
            # Other statements go on beside it.
            assert await do(shop, "select name from goods where id = 5", "scalar") == "x"
    assert await count(shop) == 1000


async def test_a_transaction_is_kept_or_undone(shop: SqlClient) -> None:
    async with holding(shop, "c", "run", "SERIALIZABLE"):
        await _in_transaction("insert into goods (id, name) values (1, 'a')")
        assert await _in_transaction("select count(*) from goods", "scalar") == 1
    assert await count(shop) == 1
    with pytest.raises(FlowError):
        await _undone(shop)
    assert await count(shop) == 1


async def _undone(client: SqlClient) -> None:
    async with holding(client, "c", "run"):
        await _in_transaction("delete from goods")
        await _in_transaction("selec")


async def _in_transaction(text: str, mode: str = "execute") -> Any:
    from airdock.connectors.sql.held import HELD

    return await HELD.get()["c"].run(Work(Statement(text), mode, {}))


async def test_a_slow_statement_is_ended(kind: str, url: str, tmp_path: Path) -> None:
    slow = SLOW["sqlite" if kind == "fake" else kind]
    async with opened(declared(url, timeout=0.3, pool=1), tmp_path) as client:
        for _ in range(2):
            assert await code_of(client, slow, "scalar") == "connector.timeout"
        task = asyncio.create_task(do(client, slow, "scalar"))
        await _until(lambda: client.engine.pool.checkedout() == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await do(client, "select 1", "scalar") == 1
    if kind in SERVERS:
        async with opened(declared(url), tmp_path) as client:
            await _until_idle(client, kind)


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 -- nobody tells
        await asyncio.sleep(0.01)


async def _until_idle(client: SqlClient, kind: str) -> None:
    while await _busy(client, kind):  # noqa: ASYNC110 -- nobody tells
        await asyncio.sleep(0.02)


async def _busy(client: SqlClient, kind: str) -> int:
    """How many statements the server works on that sleep."""
    running = {
        "postgresql": "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(30)%'"
        " and datname = current_database() and pid <> pg_backend_pid()",
        "mariadb": "select count(*) from information_schema.processlist where info like '%sleep(30)%'"
        " and db = database() and id <> connection_id()",
    }
    value: int = await do(client, running[kind], "scalar")
    return value


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_lost_connection_is_made_anew(kind: str, url: str, tmp_path: Path) -> None:
    with proxied(url) as (proxy, way):
        async with opened(declared(way, pool=2, connect_timeout=2.0), tmp_path) as client:
            await do(client, "create table goods (id bigint primary key, name varchar(20))")
            task = asyncio.create_task(do(client, SLOW[kind], "scalar"))
            async with opened(declared(url), tmp_path) as other:
                await _until_busy(other, kind)
            proxy.cut()
            with pytest.raises(FlowError) as caught:
                await task
            assert caught.value.code == "connector.unavailable"
            assert await code_of(client, "select 1", "scalar") == "connector.unavailable"
            proxy.restore()
            assert await do(client, "select 1", "scalar") == 1
            with pytest.raises(FlowError) as caught:
                await _cut_within(client, proxy)
            assert caught.value.code == "connector.unavailable"
            proxy.restore()
            assert await count(client) == 0


async def _cut_within(client: SqlClient, proxy: Proxy) -> None:
    async with holding(client, "c", "run"):
        await _in_transaction("insert into goods values (1, 'a')")
        proxy.cut()
        await _in_transaction("insert into goods values (2, 'a')")


async def _until_busy(client: SqlClient, kind: str) -> None:
    while not await _busy(client, kind):  # noqa: ASYNC110 -- nobody tells
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_connection_that_died_unused_is_not_noticed(
    kind: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airdock.connectors.sql.client.IDLE", 0.0)
    with proxied(url) as (proxy, way):
        async with opened(declared(way), tmp_path) as client:
            proxy.cut()
            proxy.restore()
            assert await do(client, "select 1", "scalar") == 1


@pytest.mark.parametrize("kind", SERVERS)
async def test_a_deadlock_is_a_conflict(shop: SqlClient) -> None:
    await insert(shop, (1, "a"), (2, "b"))
    first_locked, second_locked = asyncio.Event(), asyncio.Event()

    async def change(first: int, second: int, mine: asyncio.Event, other: asyncio.Event) -> str:
        try:
            async with holding(shop, "c", "run"):
                await _in_transaction(f"update goods set name = 'x' where id = {first}")
                mine.set()
                await other.wait()
                await _in_transaction(f"update goods set name = 'x' where id = {second}")
        except FlowError as error:
            return error.code
        return ""

    results = await asyncio.gather(change(1, 2, first_locked, second_locked), change(2, 1, second_locked, first_locked))
    assert sorted(results) == ["", "connector.sql.conflict"]


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_changed_table_does_not_break_statements_that_were_prepared(shop: SqlClient) -> None:
    await insert(shop, (1, "a"))
    every = "select * from goods"
    assert await do(shop, every, "row") == {"id": 1, "name": "a", "price": None}
    await do(shop, "alter table goods add column amount integer default 3")
    assert await do(shop, every, "row") == {"id": 1, "name": "a", "price": None, "amount": 3}


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_types_become_what_json_has_on_postgresql(client: SqlClient) -> None:
    row = await do(
        client,
        "select 1.50::numeric as n, date '2026-01-31' as d, timestamptz '2026-01-31 10:00+02' as t,"
        " time '10:30' as c, interval '1 day 2 hours' as i, '\\x00ff'::bytea as b, 'NaN'::float8 as f,"
        " '{\"a\": [1]}'::jsonb as j, array[1, 2] as l, :u::uuid as u, true as y, '10.0.0.1'::inet as a",
        "row",
        u="00000000-0000-0000-0000-000000000001",
    )
    assert row == {
        "n": "1.50", "d": "2026-01-31", "t": "2026-01-31T08:00:00+00:00", "c": "10:30:00", "i": "P1DT2H",
        "b": b"\x00\xff", "f": None, "j": {"a": [1]}, "l": [1, 2], "y": True, "a": "10.0.0.1",
        "u": "00000000-0000-0000-0000-000000000001",
    }  # fmt: skip
    assert await code_of(client, "select int4range(1, 3) as r", "row") == "connector.sql.data"
