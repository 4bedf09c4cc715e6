"""The client of a `nats` connection: publishes, asks, and listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.broker import Message, Reply
from airdock.connectors.nats.client import NatsClient
from airdock.connectors.nats.consumers import Consumer, ensure
from airdock.connectors.nats.publishing import check_subject, headers_of, reply_of
from airdock.connectors.nats.pull import pulled
from airdock.connectors.nats.subscribed import subscribed
from airdock.spec.trigger import Arrival


class NatsPublisher:
    """Publishes what flows send, with a client or in its place.

    Attributes:
        client: A `NatsServers` or its fake. jetstream: Streams keep the messages, and confirm that they do.
    """

    def __init__(self, client: Any, jetstream: bool) -> None:
        self.client = client
        self.jetstream = jetstream

    async def publish(self, message: Message) -> None:
        send = self.client.store if self.jetstream else self.client.send
        await send(check_subject(message.destination), message.content, headers_of(message))

    async def request(self, message: Message, patience: float) -> Reply:
        subject = check_subject(message.destination)
        return reply_of(await self.client.request(subject, message.content, headers_of(message), patience))

    async def check(self) -> None:
        await self.client.check()

    async def close(self) -> None:
        await self.client.close()


class NatsServers(NatsClient):
    """What reaches servers of NATS."""

    @asynccontextmanager
    async def consumed(self, consumer: Consumer, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        """What a durable consumer gives, which is made where there is none."""
        session = await self.session()
        await ensure(self, session, consumer)
        async with pulled(self, session, consumer.stream, consumer.name, prefetch) as arrivals:
            yield arrivals

    @asynccontextmanager
    async def subscribed(self, subject: str, queue: str, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        """What is sent to a subject while this is entered; those of one queue group share it."""
        async with subscribed(self, await self.session(), subject, queue, prefetch) as arrivals:
            yield arrivals
