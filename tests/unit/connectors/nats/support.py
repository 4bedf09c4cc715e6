"""Clients and streams for tests of NATS."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from airdock.connectors.links import Links
from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.servers import NatsServers
from airdock.connectors.opened import Declared
from airdock.engine.clock import LoopClock
from airdock.spec.connection import Opening, Secret
from tests.nats import nats_server

NAME = "p/nats.connection"


def unique(word: str = "test") -> str:
    return f"{word}-{uuid4().hex}"


def opening(secrets: dict[str, str] | None = None, files: dict[str, bytes] | None = None) -> Opening:
    def read(secret: Secret) -> str:
        return (secrets or {})[secret.secret]

    links = Links(LoopClock())
    return Opening(NAME, read, (files or {}).get, links.network, LoopClock(), links.folders)


def links_of(connection: NatsConnection) -> Links:
    links = Links(LoopClock())
    given = opening()
    links.switch({NAME: Declared(connection, given.secret, given.file)})
    return links


def client_at(url: str, **options: Any) -> NatsServers:
    return NatsServers(NAME, lambda: {"servers": [url], **options})


@asynccontextmanager
async def real_client() -> AsyncIterator[NatsServers]:
    client = client_at(nats_server())
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def stream(client: NatsServers, subject: str, **options: Any) -> AsyncIterator[str]:
    """A stream that keeps a subject and those below it."""
    name = unique()
    session = await client.session()
    await session.jetstream._jsm.add_stream(name=name, subjects=[subject, f"{subject}.>"], **options)
    try:
        yield name
    finally:
        session = await client.session()
        await session.jetstream._jsm.delete_stream(name)


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """What a condition gives, once it is true."""
    while not (found := await condition()):
        pass
    return found
