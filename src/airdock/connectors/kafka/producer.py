"""What sends to Kafka: aiokafka's producer, which can be given up."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaConnectionError  # type: ignore[import-untyped]

_END = 5.0
"""Seconds that what was begun may take to end when connections are closed."""


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """Sends, from its start until it is over."""

    _closed: bool

    @property
    def over(self) -> bool:
        """Whether nothing more can be sent by it."""
        task = self._sender.sender_task
        return self._closed or task is None or task.done()

    async def reaches(self) -> bool:
        """Whether a broker answers."""
        return bool(await self.client.force_metadata_update())

    def known(self, topic: str) -> set[int]:
        """The partitions of a topic, as far as they are known."""
        return self.client.cluster.partitions_for_topic(topic) or set()

    async def give_up(self, reason: str) -> None:
        """Ends without waiting for brokers that are away; who waits for a confirmation gets `KafkaConnectionError`."""
        if self._closed:
            return
        self._closed = True
        task = self._sender.sender_task
        if task is not None:
            # What the library does at the end of it is for transactions, and fails without them.
            task.remove_done_callback(self._sender._fail_all)
            task.cancel()
        self._message_accumulator.fail_all(KafkaConnectionError(reason))
        await self.client.close()
        if task is not None:
            await asyncio.wait([task], timeout=_END)
            if task.done() and not task.cancelled():
                task.exception()
        # What was on its way came back meanwhile.
        self._message_accumulator.fail_all(KafkaConnectionError(reason))

    async def put(self, topic: str, partition: int | None, outgoing: Any) -> Any:
        """Sends, and gives what the broker says of it."""
        return await self.send_and_wait(
            topic, outgoing.value, key=outgoing.key, partition=partition, headers=outgoing.headers
        )
