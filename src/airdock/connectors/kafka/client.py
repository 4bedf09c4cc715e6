"""The client of Kafka: a producer for what is sent, a consumer for each listener."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from airdock.connectors.broker.message import Message, Reply
from airdock.connectors.errors import unavailable
from airdock.connectors.kafka.bearer import Bearer
from airdock.connectors.kafka.connection import KafkaConnection
from airdock.connectors.kafka.consumer import Consumer
from airdock.connectors.kafka.errors import no_topic, told
from airdock.connectors.kafka.messages import check_topic, outgoing
from airdock.connectors.kafka.producer import Producer
from airdock.connectors.kafka.reading import reading
from airdock.connectors.kafka.starting import begun, options_of
from airdock.connectors.kafka.trigger import Subscription
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening
from airdock.spec.trigger import Arrival

# What goes wrong is told by errors and states; the library repeats it for each of its attempts.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)

_LARGEST = 2**30
"""Bytes of a message; the brokers have their own bound."""
_TOPIC = 5.0
"""Seconds in which the brokers may make a topic."""
_AGAIN = ("connector.unavailable", "connector.timeout", "connector.failed")
"""Codes of errors behind which a new producer begins."""


class KafkaClient:
    """What `KafkaConnection.connect` gives."""

    def __init__(self, declared: KafkaConnection, opening: Opening, bearer: Bearer | None = None) -> None:
        """`bearer`: has the token of the caller."""
        self._declared = declared
        self._name = opening.name
        self._patience = declared.timeout
        self._options = options_of(declared, opening, bearer)
        self._bearer = bearer
        self._lock = asyncio.Lock()
        self._producer: Producer | None = None

    async def check(self) -> None:
        producer = await self._producing()
        try:
            reached = await within(self._patience, producer.reaches())
        except DeadlineError:
            reached = False
        if not reached:
            error = unavailable(self._name, "no broker answers")
            await self._give_up(producer)
            raise error

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(Exception):
                await within(self._patience, producer.stop())
            with suppress(Exception):
                await producer.give_up("the connection is closed")
        if self._bearer is not None:
            await self._bearer.close()

    # What is sent.

    async def publish(self, message: Message) -> dict[str, Any]:
        topic = message.destination
        check_topic(topic)
        producer = await self._producing()
        try:
            await self._find(producer, topic, message.partition)
            with told(self._name, topic):
                kept = await within(self._patience, producer.put(topic, message.partition, outgoing(message)))
        except FlowError as error:
            if error.code in _AGAIN:
                await self._give_up(producer)
            raise
        return {"topic": topic, "partition": kept.partition, "offset": kept.offset if kept.offset >= 0 else None}

    async def request(self, message: Message, patience: float) -> Reply:
        raise FlowError("connector.failed", f"{self._name}: Kafka has no requests")

    async def _find(self, producer: Producer, topic: str, partition: int | None) -> None:
        """Raises FlowError where there is no such topic, or it has no such partition."""
        partitions = producer.known(topic)
        if not partitions:
            try:
                with told(self._name, topic):
                    partitions = await within(min(_TOPIC, self._patience), producer.partitions_for(topic))
            except FlowError as error:
                if error.code not in ("connector.timeout", "connector.broker.unroutable"):
                    raise
                await self.check()
                raise no_topic(self._name, topic) from error
        if partition is not None and partition not in partitions:
            message = f"{topic!r} has no partition {partition}: it has {len(partitions)}, from 0 on"
            raise FlowError("connector.broker.value", message)

    async def _producing(self) -> Producer:
        """The producer; one that cannot go on is followed by another."""
        async with self._lock:
            producer = self._producer
            if producer is None or producer.over:
                if producer is not None:
                    await producer.give_up("the connection is lost")
                self._producer = producer = await self._begin()
            return producer

    async def _begin(self) -> Producer:
        declared = self._declared
        producer = Producer(
            acks="all" if declared.acks == "all" else int(declared.acks),
            enable_idempotence=declared.idempotent,
            compression_type=None if declared.compression == "none" else declared.compression,
            max_request_size=_LARGEST,
            **self._options,
        )
        try:
            await begun(self._name, self._options, producer.start())
        except BaseException:
            await producer.give_up("it did not begin")
            raise
        return producer

    async def _give_up(self, producer: Producer) -> None:
        async with self._lock:
            if self._producer is producer:
                self._producer = None
        await producer.give_up("the connection is lost")

    # What is listened to.

    def listen(self, wanted: Subscription, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._listening(wanted, prefetch)

    @asynccontextmanager
    async def _listening(self, wanted: Subscription, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        consumer = Consumer(wanted, self._options)
        try:
            await begun(self._name, self._options, consumer.start())
            async with reading(consumer, wanted, self._name, prefetch, self._patience) as arrivals:
                yield arrivals
        finally:
            await consumer.give_up(self._patience)
