"""Messages as RabbitMQ has them, on both ways."""

from datetime import timedelta
from typing import Any

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from airdock.connectors.broker.message import KEY_HEADER, Message
from airdock.spec.trigger import Arrival


def outgoing(message: Message, reply_to: str | None = None, correlation: str | None = None) -> aio_pika.Message:
    """A message to publish; the broker keeps it on disk."""
    headers: dict[str, Any] = dict(message.headers)
    if message.key:
        headers[KEY_HEADER] = message.key
    return aio_pika.Message(
        message.content,
        headers=headers,
        content_type=message.content_type or None,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        priority=message.priority,
        expiration=timedelta(seconds=message.expiration) if message.expiration is not None else None,
        message_id=message.id,
        reply_to=reply_to,
        correlation_id=correlation,
    )


def text_headers(headers: Any) -> dict[str, str]:
    """The headers that are texts, numbers or the like; the broker's own tables are left out."""
    found: dict[str, str] = {}
    for name, value in (headers or {}).items():
        if isinstance(value, bytes | bytearray):
            value = bytes(value).decode(errors="replace")
        if isinstance(value, str | int | float):
            found[str(name)] = str(value)
    return found


class RabbitArrival(Arrival):
    """A message of a queue."""

    __slots__ = ("_exchange", "_message")

    def __init__(self, message: AbstractIncomingMessage, exchange: AbstractExchange, queue: str) -> None:
        """`exchange`: the one by which replies reach their queues."""
        headers = text_headers(message.headers)
        key = headers.pop(KEY_HEADER, "")
        if message.content_encoding:
            headers["content-encoding"] = message.content_encoding
        deliveries = (message.headers or {}).get("x-delivery-count")
        about: dict[str, Any] = {
            "queue": queue,
            "exchange": message.exchange or "",
            "topic": message.routing_key or "",
            "priority": message.priority or 0,
        }
        if isinstance(deliveries, int):
            about["deliveries"] = deliveries + 1
        super().__init__(
            message.body,
            content_type=message.content_type or "",
            headers=headers,
            id=message.message_id or "",
            key=key,
            about=about,
            redelivered=bool(message.redelivered),
        )
        self._message, self._exchange = message, exchange

    async def accept(self) -> None:
        await self._message.ack()

    async def release(self) -> None:
        await self._message.nack(requeue=True)

    async def reply(self, content: bytes, content_type: str) -> None:
        to = self._message.reply_to
        if not to:
            return
        answer = aio_pika.Message(
            content, content_type=content_type or None, correlation_id=self._message.correlation_id
        )
        # Whoever asked may have gone.
        await self._exchange.publish(answer, to, mandatory=False)
