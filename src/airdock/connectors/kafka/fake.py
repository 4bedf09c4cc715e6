"""Kafka in memory."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from fnmatch import fnmatchcase
from typing import Any

from airdock.connectors.broker.memory import MOST, Kept, MemoryBroker
from airdock.connectors.broker.message import Message
from airdock.connectors.kafka.trigger import Subscription
from airdock.spec.trigger import Arrival


class FakeKafka(MemoryBroker):
    """The client of tests. Topics have the partition 0, and those that messages name; the last messages are kept."""

    def __init__(self) -> None:
        super().__init__(lambda pattern, topic: fnmatchcase(topic, pattern))
        self._log: deque[tuple[Message, dict[str, Any]]] = deque(maxlen=MOST)
        self._ends: dict[tuple[str, int], int] = {}

    async def publish(self, message: Message) -> dict[str, Any]:
        topic, partition = message.destination, message.partition or 0
        offset = self._ends.get((topic, partition), 0)
        self._ends[topic, partition] = offset + 1
        about = {"partition": partition, "offset": offset}
        self._log.append((message, about))
        self.put(message, about=about)
        return {"topic": topic, **about}

    def listen(self, wanted: Subscription, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        if wanted.earliest and wanted.group not in self.queues:
            queue = self.queue(wanted.group)
            for message, about in self._log:
                if any(fnmatchcase(message.destination, topic) for topic in wanted.topics):
                    queue.put(Kept(message, about=about))
        return self.listening(wanted.group, prefetch, wanted.topics)
