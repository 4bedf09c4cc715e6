"""What is the database's alone: what is stored, several processes, and a database that is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from airdock.database import Database
from airdock.errors import FlowError
from airdock.sealer import Sealer
from airdock.secrets import Sealing
from airdock.stores.sample import is_readable
from airdock.stores.sql import SqlStore
from airdock.stores.sql_entries import PURGED_AT_ONCE
from airdock.stores.tables import ENTRIES, GROUPS, ITEMS

Open = Callable[[], SqlStore]


@pytest.fixture
async def opened(empty_database: Database, sealer: Sealer) -> AsyncIterator[Open]:
    """Opens one more store of the same database, as another process does."""
    made: list[tuple[SqlStore, Database]] = []

    def another() -> SqlStore:
        url = empty_database.url
        address = "" if url is None else url.set(drivername="postgresql").render_as_string(hide_password=False)
        database = Database(empty_database.home, address)
        made.append((SqlStore(database, sealer), database))
        return made[-1][0]

    yield another
    for store, database in made:
        store.stop()
        database.close()


async def test_a_store_goes_on_where_another_was_left(opened: Open) -> None:
    one, other = opened(), opened()
    revision = await one.add("s", "k", b"1", 0)
    await one.append("s", "g", b"1", 0, due=5)
    closed = (await one.append("s", "h", b"1", 0, close_at=1, note="size")).closed
    one.stop()
    entry = await other.get("s", "k", 0)
    assert entry is not None
    assert (entry.value, entry.revision) == (b"1", revision)
    assert await other.append("s", "g", b"2", 0) == (2, None)
    assert await other.items("s", "g") == [b"1", b"2"]
    assert closed is not None
    assert await other.claim("s", 10, 5) == closed._replace(attempt=2)


async def test_of_several_processes_one_adds_replaces_closes_and_claims(opened: Open) -> None:
    stores = [opened() for _ in range(3)]
    for number in range(10):
        key = f"k{number}"
        added = await asyncio.gather(*(store.add("s", key, b"", 0) for store in stores for _ in range(3)))
        (revision,) = {each for each in added if each}
        replaced = await asyncio.gather(*(store.replace("s", key, b"", revision, 0) for store in stores))
        assert len([each for each in replaced if each]) == 1
        await asyncio.gather(*(store.append("s", key, b"x", 0) for store in stores))
        closed = await asyncio.gather(*(store.close("s", key, 0) for store in stores))
        assert [len(each.items) for each in closed if each is not None] == [3]
        claimed = await asyncio.gather(*(store.claim("s", 10, 5) for store in stores))
        (group,) = [each for each in claimed if each is not None]
        await stores[0].confirm("s", group.id)


async def test_several_processes_lose_and_double_nothing_in_groups_that_come_and_go(opened: Open) -> None:
    stores = [opened() for _ in range(3)]
    keys = [f"k{number}" for number in range(7)]

    async def feed(store: SqlStore, begin: int) -> list[bytes]:
        calls = [
            store.append("s", keys[number % 7], b"%d" % number, 0, close_at=4) for number in range(begin, begin + 200)
        ]
        groups = [each.closed for each in await asyncio.gather(*calls)]
        return [item for group in groups if group is not None for item in group.items]

    found = await asyncio.gather(*(feed(store, 1000 * place) for place, store in enumerate(stores)))
    left = [await stores[0].items("s", key) for key in keys]
    items = [item for items in (*found, *left) for item in items]
    assert sorted(map(int, items)) == sorted(1000 * place + number for place in range(3) for number in range(200))


async def test_processes_that_want_the_same_in_another_order_do_not_fail(opened: Open) -> None:
    stores = [opened() for _ in range(4)]
    keys = [f"k{number}" for number in range(20)]

    async def write(store: SqlStore, order: list[str]) -> None:
        for _ in range(5):
            await asyncio.gather(
                *(store.put("s", key, b"") for key in order), *(store.append("s", key, b"", 0) for key in order)
            )

    await asyncio.gather(*(write(store, keys if place % 2 else keys[::-1]) for place, store in enumerate(stores)))
    assert [len(await stores[0].items("s", key)) for key in keys] == [20] * 20


async def test_values_items_and_long_keys_are_sealed(empty_database: Database, opened: Open) -> None:
    store, secret = opened(), "do-not-show" * 50
    await store.add("s", secret, b"do-not-show", 0)
    await store.append("s", secret, b"do-not-show", 0)
    with empty_database.reading() as connection:
        rows = [row for table in (ENTRIES, GROUPS, ITEMS) for row in connection.execute(select(table))]
    assert len(rows) == 3
    assert "do-not-show" not in repr(rows)


async def test_what_has_expired_is_purged_in_parts(empty_database: Database, opened: Open) -> None:
    store = opened()
    await asyncio.gather(*(store.add("s", str(each), b"", 0, 10) for each in range(PURGED_AT_ONCE + 50)))

    def stored() -> int:
        with empty_database.reading() as connection:
            return connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one()

    await store.add("s", "a", b"", 100)
    assert stored() == 51
    await store.add("s", "b", b"", 100)
    assert stored() == 2


async def test_a_group_that_is_done_leaves_nothing(empty_database: Database, opened: Open) -> None:
    store = opened()
    for _ in range(3):
        closed = (await store.append("s", "k", b"1", 0, close_at=1)).closed
        assert closed is not None
        await store.confirm("s", closed.id)
    with empty_database.reading() as connection:
        assert connection.execute(select(GROUPS.c.id)).all() == []
        assert connection.execute(select(ITEMS.c.item)).all() == []


async def test_a_database_that_is_away_fails_calls_and_works_again(tmp_path: Path, sealer: Sealer) -> None:
    home = tmp_path / "home"
    home.write_text("no folder")
    store = SqlStore(Database(home), sealer)
    failed = await asyncio.gather(
        store.add("s", "a", b"", 0), store.get("s", "b", 0), store.append("s", "c", b"", 0), return_exceptions=True
    )
    assert len({id(each) for each in failed}) == 3
    for each in failed:
        assert isinstance(each, FlowError)
        assert (each.code, each.status) == ("state.unavailable", 503)
        assert "cannot be used" in each.message
    home.unlink()
    assert await store.add("s", "a", b"", 0)
    store.stop()


async def test_tables_that_vanish_are_made_again(empty_database: Database, opened: Open) -> None:
    store = opened()
    await store.add("s", "a", b"", 0)
    with empty_database.writing() as connection:
        connection.execute(text("ALTER TABLE state_entries RENAME TO taken_away"))
    with pytest.raises(FlowError) as caught:
        await store.add("s", "b", b"", 0)
    assert caught.value.code == "state.unavailable"
    with empty_database.writing() as connection:
        connection.execute(text("ALTER TABLE taken_away RENAME TO state_entries"))
    assert await store.add("s", "b", b"", 0)


async def test_a_call_that_spoils_a_transaction_fails_alone(opened: Open) -> None:
    store = opened()
    calls = [store.put("s", "a", b"1"), store.put("s", "b", "no bytes"), store.put("s", "c", b"3")]  # type: ignore[arg-type]
    calls.append(store.put("s", "d", b"", expires="no time"))  # type: ignore[arg-type]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert [done[0], done[2]] == [None, None]
    assert isinstance(done[1], Exception)
    assert await store.get("s", "a", 0) is not None
    assert await store.get("s", "c", 0) is not None
    assert await store.get("s", "b", 0) is None


async def test_a_call_that_nobody_waits_for_any_more_is_done(opened: Open) -> None:
    store = opened()
    task = asyncio.ensure_future(store.put("s", "k", b"1"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.get("s", "k", 0) is not None


async def test_what_was_asked_for_is_done_before_it_stops(opened: Open) -> None:
    store = opened()
    await store.get("s", "k", 0)
    first = asyncio.ensure_future(store.put("s", "a", b"1"))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(store.put("s", "b", b"1"))
    await asyncio.sleep(0)
    await asyncio.to_thread(store.stop)
    first.cancel()
    second.cancel()
    assert [await store.get("s", key, 0) is not None for key in "ab"] == [True, True]


def test_a_store_serves_one_loop_after_the_other(empty_database: Database, sealer: Sealer) -> None:
    store = SqlStore(empty_database, sealer)
    for number in range(3):
        assert asyncio.run(store.add("s", str(number), b"", 0))
    assert asyncio.run(store.count("s", 0)) == 3
    store.stop()


async def test_without_the_key_keys_are_known_and_values_are_not(tmp_path: Path) -> None:
    database = Database(tmp_path)
    with_key = SqlStore(database, Sealing(tmp_path, "1" * 32, purpose="state"))
    other = Sealing(tmp_path, "2" * 32, purpose="state")
    without = SqlStore(database, other)
    await with_key.add("s", "k", b"1", 0)
    closed = (await with_key.append("s", "k", b"1", 0, close_at=1)).closed
    assert not await without.add("s", "k", b"1", 0)
    with pytest.raises(FlowError, match="AIRDOCK_SECRET_KEY") as caught:
        await without.get("s", "k", 0)
    assert caught.value.code == "state.unreadable"
    with pytest.raises(FlowError):
        await without.claim("s", 10, 5)
    assert closed is not None
    assert await with_key.claim("s", 20, 5) == closed._replace(attempt=3)
    assert not is_readable(database, other)
    assert is_readable(database, Sealing(tmp_path, f"{'2' * 32},{'1' * 32}", purpose="state"))
    with_key.stop()
    without.stop()
    database.close()
