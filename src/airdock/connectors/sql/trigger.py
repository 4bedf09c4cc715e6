"""The trigger `postgres`: notifications of PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from airdock.connectors.errors import unavailable
from airdock.connectors.sql.client import SqlClient
from airdock.connectors.sql.connection import Sql
from airdock.errors import DescriptorError, Problem
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Module, Text
from airdock.spec.trigger import Arrival, Listening, Source, Trigger

MOST_WAITING = 10_000
"""So many notifications wait for the listener; beyond, it is as if the connection had been lost."""
LOOK = 15.0
"""Seconds after which a silent connection is looked at."""


class PostgresTrigger(Trigger):
    """Notifications of PostgreSQL: what `NOTIFY channel, 'payload'` or `pg_notify` sends when its transaction commits.

    The payload is the body: parsed where it is JSON, a text otherwise. `properties.message` has `channel` and the `pid`
    of the sender. Several processes that listen get each notification, each of them.

    A notification comes at most once. PostgreSQL keeps none for a listener that is away. One whose flow has failed is
    tried again by Airdock, also while the connection is lost, and then lies in the dead letters. To miss nothing, let
    the notification be a hint only: keep what is to be done in a table, and have a job look there from time to time for
    what was missed.
    """

    trigger = "postgres"
    requires = "postgres"
    prefetch = 10
    example = {"connection": "/shop/db.connection", "channel": "orders"}

    connection: str = field(
        Module((".connection",)), "An `sql` connection to PostgreSQL.", default=REQUIRED, example="/shop/db.connection"
    )
    channel: str = field(
        Text(r"[A-Za-z_][A-Za-z0-9_]{0,62}", "the name of a channel: letters, digits, '_'"),
        "The channel.",
        default=REQUIRED,
        example="orders",
    )

    def source(self, listening: Listening) -> Source:
        place = self.place_of("connection")
        link = listening.connection(self.connection, (Sql,), place)
        declared = link.connection
        if declared is not None and not declared.url.startswith("postgresql:"):
            message = f"{self.connection!r} is no database of PostgreSQL"
            raise DescriptorError([Problem("descriptor.reference", message, place)])
        return PostgresSource(link, self.channel)


class PostgresSource:
    """Listens to a channel over a connection of its own."""

    def __init__(self, link: Link, channel: str) -> None:
        self._link = link
        self._channel = channel

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[Arrival]]:
        client: SqlClient
        async with self._link.use() as client, client.raw() as raw:
            waiting: asyncio.Queue[Arrival | None] = asyncio.Queue()

            def notified(_: Any, pid: int, channel: str, payload: str) -> None:
                if waiting.qsize() < MOST_WAITING:
                    waiting.put_nowait(Arrival(payload, about={"channel": channel, "pid": pid}, once=True))
                else:
                    raw.terminate()

            def ended(_: Any) -> None:
                waiting.put_nowait(None)

            raw.add_termination_listener(ended)
            # A channel's name is folded to lower case by `NOTIFY` where it is not quoted.
            await raw.add_listener(self._channel.lower(), notified)
            yield self._arrivals(client, raw, waiting)

    async def _arrivals(
        self, client: SqlClient, raw: Any, waiting: "asyncio.Queue[Arrival | None]"
    ) -> AsyncIterator[Arrival]:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    arrival = await waiting.get()
            except TimeoutError:
                await _look(client, raw)
                continue
            if arrival is None:
                raise unavailable(client.name, "the connection was lost")
            yield arrival


async def _look(client: SqlClient, raw: Any) -> None:
    try:
        await raw.execute("select 1", timeout=LOOK)
    except Exception as error:
        raise unavailable(client.name, str(error) or type(error).__name__) from error
