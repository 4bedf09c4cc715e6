"""RabbitMQ in memory."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from airdock.connectors.broker.memory import MemoryBroker
from airdock.connectors.broker.patterns import amqp_matches
from airdock.connectors.rabbitmq.trigger import RabbitTrigger
from airdock.spec.trigger import Arrival


class FakeRabbit(MemoryBroker):
    """The client of tests. A message to a queue that is not there makes it."""

    def __init__(self) -> None:
        super().__init__(amqp_matches)

    def listen(self, trigger: RabbitTrigger, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self.listening(trigger.queue, prefetch, trigger.topics)
