import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from airdock.database import Database
from airdock.errors import FlowError
from airdock.triggers.http.protection.replays import (
    PRUNE_SECONDS,
    SEEN_SIGNATURES,
    DatabaseReplays,
    MemoryReplays,
    Replays,
    replay_key,
)

A, B = (bytes([number]) * 32 for number in (1, 2))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def check_contract(replays: Replays, clock: Clock) -> None:
    """What every implementation promises."""
    assert [replays.seen(A, 1300.0), replays.seen(A, 1300.0), replays.seen(B, 1300.0)] == [False, True, False]
    replays.forget(A)
    assert [replays.seen(A, 1300.0), replays.seen(B, 1300.0)] == [False, True]
    replays.forget(bytes(32))
    clock.now = 1300.5
    assert [replays.seen(A, 1400.0), replays.seen(A, 1400.0)] == [False, True]


def check_just_one(replays: Replays) -> None:
    gate = threading.Barrier(8)

    def ask(_: int) -> bool:
        gate.wait()
        return replays.seen(A, 2e12)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [False] + [True] * 7


def test_in_memory() -> None:
    clock = Clock()
    check_contract(MemoryReplays(clock=clock), clock)
    check_just_one(MemoryReplays())


def test_in_the_database(database: Database) -> None:
    clock = Clock()
    check_contract(DatabaseReplays(database, clock), clock)


def test_of_several_at_once_one_is_the_first(database: Database) -> None:
    check_just_one(DatabaseReplays(database))


def test_two_processes_share_what_is_remembered(database: Database) -> None:
    assert not DatabaseReplays(database).seen(A, 2e12)
    url = database.url.render_as_string(hide_password=False) if database.url is not None else ""
    other = Database(database.home, url.replace("+psycopg", ""))
    assert DatabaseReplays(other).seen(A, 2e12)
    other.close()


def test_what_is_over_is_cleared_away(database: Database) -> None:
    clock = Clock()
    replays = DatabaseReplays(database, clock)
    replays.seen(A, 1001.0)
    clock.now += PRUNE_SECONDS + 1
    replays.seen(B, 2000.0)
    with database.reading() as connection:
        assert connection.execute(SEEN_SIGNATURES.select()).all() == [(B, 2000.0)]


def test_memory_has_a_bound() -> None:
    clock = Clock()
    replays = MemoryReplays(most=2, clock=clock)
    for number in range(2):
        replays.seen(bytes([number]), 1300.0)
    with pytest.raises(FlowError) as caught:
        replays.seen(A, 1300.0)
    assert caught.value.code == "request.busy"
    clock.now = 1301.0
    assert not replays.seen(A, 1400.0)


async def test_it_is_asked_from_threads(database: Database) -> None:
    replays = DatabaseReplays(database)
    found = await asyncio.gather(*(asyncio.to_thread(replays.seen, A, 2e12) for _ in range(4)))
    assert sorted(found) == [False, True, True, True]


def test_a_key_is_for_one_flow() -> None:
    assert replay_key("p/a.flow", A) != replay_key("p/b.flow", A)
    assert len(replay_key("\ud800", A)) == 32
