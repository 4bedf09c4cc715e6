"""The client of an MQTT broker: one connection for what is sent, one for each listener."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import uuid4

from paho.mqtt.client import MQTTMessage

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.broker.message import Message, Reply
from airdock.connectors.broker.ordered import Ordered
from airdock.connectors.broker.tls import tls_context
from airdock.connectors.mqtt.connection import MqttConnection
from airdock.connectors.mqtt.messages import MqttArrival, check_topic, correlation_of, properties_of, reply_of
from airdock.connectors.mqtt.session import Session
from airdock.connectors.mqtt.trigger import Subscription
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.connection import Opening
from airdock.spec.trigger import Arrival


class MqttClient:
    """What `MqttConnection.connect` gives."""

    def __init__(self, declared: MqttConnection, opening: Opening) -> None:
        self._declared = declared
        self._name = opening.name
        self._password = opening.secret(declared.password) if declared.password is not None else None
        self._tls = tls_context(declared.tls, opening) if declared.secure else None
        self._lock = asyncio.Lock()
        self._sending: Session | None = None
        self._replies = f"airdock/replies/{uuid4().hex}"
        self._listens_to_replies: Session | None = None
        self._asked: dict[bytes, asyncio.Future[Reply]] = {}

    async def check(self) -> None:
        await self._session()

    async def close(self) -> None:
        session, self._sending = self._sending, None
        if session is not None:
            await session.end()

    # What is sent.

    async def publish(self, message: Message) -> None:
        check_topic(message.destination)
        session = await self._session()
        await session.send(message.destination, message.content, properties_of(message))

    async def request(self, message: Message, patience: float) -> Reply:
        check_topic(message.destination)
        session = await self._session()
        async with self._lock:
            if self._listens_to_replies is not session:
                await session.listen_to([self._replies])
                self._listens_to_replies = session
        mark = uuid4().bytes
        future = self._asked[mark] = asyncio.get_running_loop().create_future()
        try:
            await session.send(message.destination, message.content, properties_of(message, self._replies, mark))
            return await within(patience, future)
        except DeadlineError:
            raise FlowError("connector.timeout", f"nobody answered from {message.destination!r} in time") from None
        finally:
            del self._asked[mark]

    async def _session(self) -> Session:
        async with self._lock:
            session = self._sending
            if session is None or session.lost:
                session = self._new(self._answered, self._lost)
                await session.begin()
                self._sending = session
            return session

    def _answered(self, message: MQTTMessage) -> None:
        session = self._sending
        if message.qos and session is not None:
            session.acknowledge(message.mid)
        future = self._asked.get(correlation_of(message))
        if future is not None and not future.done():
            future.set_result(reply_of(message))

    def _lost(self, error: FlowError) -> None:
        for future in self._asked.values():
            if not future.done():
                future.set_exception(error)

    def _new(self, arrived: Any, lost: Any, **fields: Any) -> Session:
        return Session(self._declared, self._name, self._password, self._tls, arrived, lost, **fields)

    # What is listened to.

    def listen(self, wanted: Subscription, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._listening(wanted, prefetch)

    @asynccontextmanager
    async def _listening(self, wanted: Subscription, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        inbox, open_ones = Inbox(), Ordered[int]()

        def arrived(message: MQTTMessage) -> None:
            if message.qos:
                open_ones.came(message.mid)
            inbox.put(MqttArrival(message, session, open_ones))

        session = self._new(
            arrived, inbox.break_off, client_id=wanted.client_id, remembered=wanted.session, prefetch=prefetch
        )
        await session.begin()
        try:
            topics = [f"$share/{wanted.group}/{topic}" if wanted.group else topic for topic in wanted.topics]
            await session.listen_to(topics)
            yield inbox
        finally:
            # What was not acknowledged comes again in the session's next connection.
            await session.end()
