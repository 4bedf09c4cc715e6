"""Answers to requests: they come by the broker's direct reply-to, which needs no queue."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from airdock.connectors.broker.message import Reply
from airdock.connectors.rabbitmq.messages import text_headers
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError

Waiting = dict[str, "asyncio.Future[Reply]"]


class Awaited:
    """One answer that is waited for."""

    def __init__(self, correlation: str, future: "asyncio.Future[Reply]") -> None:
        self.correlation = correlation
        self._future = future

    async def reply(self, patience: float, destination: str) -> Reply:
        try:
            return await within(patience, self._future)
        except DeadlineError:
            raise FlowError("connector.timeout", f"nobody answered from {destination!r} in time") from None


class Replies:
    """The answers that come by one channel.

    Attributes:
        address: Where they are sent. over: The channel is lost.
    """

    address = "amq.rabbitmq.reply-to"

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._waiting: Waiting = {}

    @property
    def over(self) -> bool:
        return self._channel.is_closed

    @classmethod
    async def of(cls, channel: AbstractChannel, timeout: float) -> "Replies":  # noqa: ASYNC109
        """What listens to the answers of a channel."""
        replies = cls(channel)
        queue = await channel.get_queue(cls.address, ensure=False)
        await queue.consume(replies._take, no_ack=True, timeout=timeout)
        channel.close_callbacks.add(replies._lost)
        return replies

    @contextmanager
    def waiting(self) -> Iterator[Awaited]:
        """Until it is left, an answer to the correlation that it gives is waited for."""
        correlation = uuid4().hex
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[correlation] = future
        try:
            yield Awaited(correlation, future)
        finally:
            del self._waiting[correlation]
            future.cancel()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        future = self._waiting.get(message.correlation_id or "")
        if future is not None and not future.done():
            future.set_result(Reply(message.body, message.content_type or "", text_headers(message.headers)))

    def _lost(self, channel: Any, error: BaseException | None) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the connection was lost before the answer came"))
