"""Hubs for tests: on the machine's server of NATS, in a space that is removed afterwards."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from airdock.connectors.hub.jetstream import JetStreamHub
from airdock.connectors.hub.names import Channel
from tests.nats import nats_server

NOW = time.time()
SPACE = f"test {uuid4().hex}"


def unique(word: str = "test") -> str:
    return f"{word}-{uuid4().hex[:12]}"


class TidyHub(JetStreamHub):
    """A hub that knows which topics and queues a test has made."""

    async def tidy(self) -> None:
        jetstream = (await self._client.session()).jetstream._jsm
        for channel in self._made:
            await jetstream.delete_stream(channel.stream)


@asynccontextmanager
async def machine_hub() -> AsyncIterator[TidyHub]:
    url = nats_server()
    hub = TidyHub(lambda: {"servers": [url]}, patience=5)
    try:
        yield hub
    finally:
        await hub.tidy()
        await hub.close()


def topic_of(word: str = "test") -> Channel:
    return Channel(SPACE, "topic", unique(word))
