"""The client of RabbitMQ: one connection for what is sent and what is listened to, made again when it was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.broker.message import Message, Reply
from airdock.connectors.broker.tls import tls_context
from airdock.connectors.rabbitmq.connection import RabbitConnection
from airdock.connectors.rabbitmq.delays import delayed
from airdock.connectors.rabbitmq.errors import failure, told
from airdock.connectors.rabbitmq.messages import RabbitArrival, outgoing
from airdock.connectors.rabbitmq.replies import Replies
from airdock.connectors.rabbitmq.trigger import RabbitTrigger
from airdock.errors import FlowError
from airdock.spec.connection import Opening
from airdock.spec.trigger import Arrival


class RabbitClient:
    """What `RabbitConnection.connect` gives."""

    def __init__(self, declared: RabbitConnection, opening: Opening) -> None:
        self._declared = declared
        self._name = opening.name
        self._timeout = declared.timeout
        self._password = opening.secret(declared.password) if declared.password is not None else "guest"
        self._tls = tls_context(declared.tls, opening) if declared.secure else None
        self._lock = asyncio.Lock()
        self._connecting = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._sending: AbstractChannel | None = None
        self._topics: tuple[AbstractChannel | None, AbstractExchange | None] = (None, None)
        self._replies: Replies | None = None

    # What every client has.

    async def check(self) -> None:
        with told(self._name):
            channel = await self._new_channel()
            await channel.close()

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                await connection.close()

    # What is sent.

    async def publish(self, message: Message) -> None:
        with told(self._name, message.destination):
            channel = await self._channel()
            if message.delay:
                exchange, key = await delayed(await self._connected(), channel, message, self._declared)
            else:
                exchange, key = await self._target(channel, message), message.destination
            await exchange.publish(
                outgoing(message), key, mandatory=message.queue or bool(message.delay), timeout=self._timeout
            )

    async def request(self, message: Message, patience: float) -> Reply:
        with told(self._name, message.destination):
            channel = await self._channel()
            if self._replies is None or self._replies.over:
                async with self._lock:
                    if self._replies is None or self._replies.over:
                        self._replies = await Replies.of(channel, self._timeout)
            replies = self._replies
            exchange = await self._target(channel, message)
            with replies.waiting() as waiting:
                sent = outgoing(message, replies.address, waiting.correlation)
                await exchange.publish(sent, message.destination, mandatory=True, timeout=self._timeout)
                return await waiting.reply(patience, message.destination)

    async def _target(self, channel: AbstractChannel, message: Message) -> AbstractExchange:
        if message.queue:
            return channel.default_exchange
        of, exchange = self._topics
        if exchange is None or of is not channel:
            exchange = await self._exchange(channel)
            self._topics = channel, exchange
        return exchange

    async def _exchange(self, channel: AbstractChannel) -> AbstractExchange:
        """The exchange of topics; it is made unless it is the broker's own."""
        name = self._declared.exchange
        if name.startswith("amq."):
            return await channel.get_exchange(name, ensure=False)
        kind = self._declared.exchange_type
        return await channel.declare_exchange(name, kind, durable=True, timeout=self._timeout)

    # What is listened to.

    def listen(self, trigger: RabbitTrigger, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._listening(trigger, prefetch)

    @asynccontextmanager
    async def _listening(self, trigger: RabbitTrigger, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        inbox = Inbox()
        with told(self._name, trigger.queue):
            channel = await self._new_channel()
        try:
            with told(self._name, trigger.queue):
                await self._consume(channel, trigger, prefetch, inbox)
            yield inbox
        finally:
            # What was not acknowledged goes back with the channel.
            with suppress(Exception):
                await channel.close()

    async def _consume(self, channel: AbstractChannel, trigger: RabbitTrigger, prefetch: int, inbox: Inbox) -> None:
        channel.close_callbacks.add(lambda _, error: inbox.break_off(failure(self._name, error, trigger.queue)))
        underlay: Any = await channel.get_underlay_channel()
        gone = FlowError("connector.unavailable", f"{self._name}: the queue {trigger.queue!r} is not there any more")
        underlay.on_consumer_cancel_callbacks.add(lambda _: inbox.break_off(gone))
        await channel.set_qos(prefetch_count=prefetch, timeout=self._timeout)
        if trigger.topics:
            await self._exchange(channel)
        queue = await trigger.declared(channel, self._declared.exchange, self._timeout)

        async def take(message: Any) -> None:
            inbox.put(RabbitArrival(message, channel.default_exchange, trigger.queue))

        arguments: Any = {"x-priority": trigger.priority} if trigger.priority else None
        await queue.consume(take, arguments=arguments, timeout=self._timeout)

    # The connection.

    async def _channel(self) -> AbstractChannel:
        """The channel for what is sent; one that is lost is opened anew."""
        channel = self._sending
        if channel is None or channel.is_closed:
            async with self._lock:
                channel = self._sending
                if channel is None or channel.is_closed:
                    channel = self._sending = await self._new_channel()
        return channel

    async def _new_channel(self) -> AbstractChannel:
        connection = await self._connected()
        channel = connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.initialize(timeout=self._timeout)
        return channel

    async def _connected(self) -> AbstractConnection:
        connection = self._connection
        if connection is None or not connection.connected.is_set():
            async with self._connecting:
                connection = self._connection
                if connection is None or not connection.connected.is_set():
                    connection = self._connection = await self._connect()
        return connection

    async def _connect(self) -> AbstractConnection:
        declared = self._declared
        return await aio_pika.connect(
            host=declared.host,
            port=declared.port,
            login=declared.user,
            password=self._password,
            virtualhost=declared.virtual_host,
            ssl=declared.secure,
            ssl_context=self._tls,
            timeout=self._timeout,
            heartbeat=max(round(declared.heartbeat), 1),
            client_properties={"connection_name": f"airdock {self._name}"},
        )
