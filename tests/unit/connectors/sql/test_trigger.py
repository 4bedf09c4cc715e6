"""Notifications of PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from airdock.connectors.folders import AllowedFolders
from airdock.connectors.links import Links
from airdock.connectors.opened import Declared
from airdock.connectors.sql.trigger import PostgresSource, PostgresTrigger
from airdock.engine.clock import LoopClock
from airdock.errors import DescriptorError, FlowError
from airdock.spec.connection import Secret
from airdock.spec.trigger import Arrival
from tests.service.proxy import proxied
from tests.unit.connectors.sql.databases import declared

pytestmark = pytest.mark.parametrize("kind", ["postgresql"])


class World:
    """Listens over a link of its own."""

    def __init__(self, url: str) -> None:
        self.links = Links(LoopClock(), folders=AllowedFolders([Path()]))
        self.links.switch({"p/db.connection": Declared(declared(url), _no_secret, lambda path: None)})

    def connection(self, path: str, kinds: object, place: object) -> object:
        return self.links.at(path)

    @property
    def source(self) -> PostgresSource:
        trigger = PostgresTrigger(connection="p/db.connection", channel="Orders")
        source = trigger.source(self)  # type: ignore[arg-type]
        assert isinstance(source, PostgresSource)
        return source


def _no_secret(secret: Secret) -> str:
    raise AssertionError(secret)


@asynccontextmanager
async def world(url: str) -> AsyncIterator[World]:
    made = World(url)
    try:
        yield made
    finally:
        await made.links.close()


async def notify(url: str, *payloads: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for payload in payloads:
            await connection.execute("select pg_notify('orders', %s)", (payload,))


async def _next(arrivals: AsyncIterator[Arrival]) -> Arrival:
    async with asyncio.timeout(5):
        return await anext(arrivals)


async def test_notifications_arrive_in_order(url: str) -> None:
    async with world(url) as made, made.source.open(1) as arrivals:
        await notify(url, '{"id": 1}', "plain")
        first, second = await _next(arrivals), await _next(arrivals)
        assert (first.body, second.body) == ('{"id": 1}', "plain")
        assert first.about["channel"] == "orders"
        await first.accept()
        await second.release()


async def test_a_lost_connection_ends_by_an_error_and_can_be_opened_again(url: str) -> None:
    with proxied(url) as (proxy, way):
        async with world(way) as made:
            async with made.source.open(1) as arrivals:
                proxy.cut()
                with pytest.raises(FlowError) as caught:
                    await _next(arrivals)
                assert caught.value.code == "connector.unavailable"
            proxy.restore()
            async with made.source.open(1) as arrivals:
                await notify(url, "again")
                assert (await _next(arrivals)).body == "again"


async def test_a_silent_connection_is_looked_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airdock.connectors.sql.trigger.LOOK", 0.05)
    async with world(url) as made, made.source.open(1) as arrivals:
        task = asyncio.create_task(_next(arrivals))
        done, _ = await asyncio.wait([task], timeout=0.3)
        assert not done
        await notify(url, "late")
        assert (await task).body == "late"


def test_another_kind_of_database_is_refused(kind: str) -> None:
    with pytest.raises(DescriptorError, match="no database of PostgreSQL"):
        _ = World("sqlite:///a.db").source
