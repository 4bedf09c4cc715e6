"""A broker in memory that keeps what it is given until it is accepted, and can go away."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from airdock.errors import FlowError
from airdock.spec.trigger import Arrival, Listening, Source, Trigger


class Message:
    """What lies in the broker.

    Attributes:
        deliveries: When it was given, and accepted: how often. replies: Answers that came.
    """

    def __init__(self, body: Any, **fields: Any) -> None:
        self.body = body
        self.fields = fields
        self.deliveries = 0
        self.accepted = 0
        self.buried = 0
        self.released = 0
        self.working = 0
        self.replies: list[tuple[bytes, str]] = []
        self.arrival: Arrival | None = None


class Broker:
    """Holds messages in order.

    Attributes:
        away: It cannot be reached. trouble: What is raised where it cannot, and where it is lost; the usual if None.
        opened: How often it was opened. tried: How often that was asked for.
        most: The most messages that were given and not accepted at once.
    """

    def __init__(self) -> None:
        self.queue: deque[Message] = deque()
        self.unaccepted: list[Message] = []
        self.messages: list[Message] = []
        self.opened = self.tried = 0
        self.open_now = 0
        self.most = 0
        self.away = False
        self.trouble: Exception | None = None
        self.deaf = False
        self._changed = asyncio.Event()
        self._generation = 0

    def send(self, body: Any, **fields: Any) -> Message:
        message = Message(body, **fields)
        self.messages.append(message)
        self.queue.append(message)
        self._changed.set()
        return message

    def cut(self) -> None:
        """Whoever listens loses the connection."""
        self._generation += 1
        self._changed.set()

    def leave(self) -> None:
        """It goes away, until `come_back`."""
        self.away = True
        self.cut()

    def come_back(self) -> None:
        self.away = False

    @property
    def left(self) -> list[Message]:
        """What was not accepted."""
        return [message for message in self.messages if not message.accepted]

    @asynccontextmanager
    async def open(self, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        """As a source."""
        await asyncio.sleep(0)
        self.tried += 1
        if self.away:
            raise self.trouble or FlowError("connector.unavailable", "the broker is away")
        self.opened += 1
        self.open_now += 1
        given: list[Message] = []
        generation = self._generation
        try:
            yield self._give(prefetch, given, generation)
        finally:
            self.open_now -= 1
            self._back(given)

    async def _give(self, prefetch: int, given: list[Message], generation: int) -> AsyncIterator[Arrival]:
        while True:
            if self._generation != generation:
                raise self.trouble or FlowError("connector.unavailable", "the connection is lost")
            if self.queue and len(given) < prefetch:
                message = self.queue.popleft()
                message.deliveries += 1
                given.append(message)
                self.most = max(self.most, len(given))
                yield Given(self, message, given, generation)
            else:
                self._changed.clear()
                await self._changed.wait()

    def _back(self, given: list[Message]) -> None:
        """What was given and not accepted is the first to be given again."""
        self.queue.extendleft(message for message in reversed(given) if not message.fields.get("once"))
        given.clear()
        self._changed.set()

    def withdraw(self, message: Message) -> None:
        """Another one gets what was given."""
        if message.arrival is not None:
            message.arrival.withdrawn = True

    def accepted(self, message: Message) -> None:
        """A message was accepted; for those who watch."""

    def taken_out(self, message: Message, given: list[Message], generation: int) -> None:
        if self.deaf or self._generation != generation or message not in given:
            raise ConnectionError("the connection is lost")
        given.remove(message)
        self._changed.set()


class Given(Arrival):
    """A message that the broker gave."""

    __slots__ = ("_broker", "_generation", "_given", "message")

    def __init__(self, broker: Broker, message: Message, given: list[Message], generation: int) -> None:
        super().__init__(message.body, redelivered=message.deliveries > 1, **message.fields)
        self.message = message
        message.arrival = self
        self._broker = broker
        self._given = given
        self._generation = generation

    async def accept(self) -> None:
        await asyncio.sleep(0)
        if not self.once or self.message in self._given:
            self._broker.taken_out(self.message, self._given, self._generation)
        self.message.accepted += 1
        self._broker.accepted(self.message)

    async def bury(self) -> None:
        await self.accept()
        self.message.buried += 1

    async def release(self) -> None:
        self._broker.taken_out(self.message, self._given, self._generation)
        self.message.released += 1
        self._broker.queue.appendleft(self.message)

    async def working(self) -> None:
        self.message.working += 1

    async def reply(self, content: bytes, content_type: str) -> None:
        self.message.replies.append((content, content_type))


class BrokerTrigger(Trigger):
    """Listens to a broker in memory."""

    trigger = "memory"
    prefetch: ClassVar[int] = 3
    broker: Broker

    def source(self, listening: Listening) -> Source:
        return self.broker
