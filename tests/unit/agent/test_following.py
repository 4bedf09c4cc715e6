"""What changes in the database reaches those who follow it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from airdock.agent.following import Changes, Follower
from airdock.database import Database, note_change
from tests.databases import postgresql_database


def note(database: Database, topic: str, name: str) -> None:
    with database.writing() as connection:
        note_change(connection, topic, name)


class Taker:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.seen: list[Changes] = []
        self.failures: list[Exception] = []
        self._news = asyncio.Event()

    async def take(self, changes: Changes) -> None:
        if self.failures:
            raise self.failures.pop()
        self.seen.append(changes)
        self._news.set()

    async def wait(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def names(self, topic: str) -> set[str]:
        return {name for changes in self.seen for name in changes.of(topic) or ()}


@asynccontextmanager
async def following(database: Database) -> AsyncIterator[tuple[Taker, Follower]]:
    taker = Taker()
    follower = Follower(database, taker.take)
    task = asyncio.create_task(follower.run())
    try:
        yield taker, follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_everything_first_then_what_changes(database: Database) -> None:
    note(database, "registry", "before")
    async with following(database) as (taker, follower):
        await taker.wait(lambda: bool(taker.seen))
        assert taker.seen[0].names is None
        assert taker.seen[0].concern("registry")
        note(database, "registry", "p")
        note(database, "identity", "ann")
        await taker.wait(lambda: bool(taker.names("identity")))
        assert taker.names("registry") == {"p"}
        assert taker.names("identity") == {"ann"}
        assert follower.cursor is not None


async def test_what_fails_is_tried_again(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "airdock.agent")
    async with following(database) as (taker, _):
        await taker.wait(lambda: bool(taker.seen))
        taker.failures = [ZeroDivisionError("twice"), ZeroDivisionError("twice")]
        note(database, "registry", "p")
        await taker.wait(lambda: bool(taker.names("registry")))
        assert taker.names("registry") == {"p"}
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]


async def test_lost_notifications_and_listeners_are_caught_up(tmp_path: Path) -> None:
    with postgresql_database() as url:
        database = Database(tmp_path, url)
        database.open()
        async with following(database) as (taker, _):
            await taker.wait(lambda: bool(taker.seen))
            for number in range(5):
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                note(database, "registry", f"p{number}")
            await taker.wait(lambda: len(taker.names("registry")) == 5 or taker.seen[-1].names is None)
        database.close()


async def test_more_changes_than_are_kept_mean_that_anything_changed(database: Database) -> None:
    async with following(database) as (taker, follower):
        await taker.wait(lambda: bool(taker.seen))
        note(database, "registry", "p")
        await taker.wait(lambda: bool(taker.names("registry")))
        follower.cursor = 10_000
        note(database, "registry", "q")
        await taker.wait(lambda: taker.seen[-1].names is None)
        assert taker.seen[-1].of("registry") is None
