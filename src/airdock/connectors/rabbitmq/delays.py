"""Messages that are kept back: in queues that nobody reads, from which the broker passes them on in time."""

from hashlib import sha256
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange

from airdock.connectors.broker.message import Message
from airdock.connectors.rabbitmq.connection import RabbitConnection

_LONGEST = 2**32 - 120_000
"""Milliseconds that the broker takes as a queue's time."""


async def delayed(
    connection: AbstractConnection, channel: AbstractChannel, message: Message, declared: RabbitConnection
) -> tuple[AbstractExchange, str]:
    """Where a message goes that is kept back; one queue for each delay and destination.

    All messages of such a queue wait equally long, so none waits behind another. It goes a minute after the last of
    them did.
    """
    delay = min(max(round(message.delay * 1000), 1), _LONGEST)
    exchange = "" if message.queue else declared.exchange
    if message.queue:
        await _ensure(connection, message.destination, declared.timeout)
    arguments: dict[str, Any] = {
        "x-message-ttl": delay,
        "x-expires": delay + 60_000,
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-routing-key": message.destination,
    }
    mark = sha256(f"{exchange}\n{message.destination}".encode()).hexdigest()[:16]
    name = f"airdock.delay.{delay}.{mark}"
    await channel.declare_queue(name, durable=True, arguments=arguments, timeout=declared.timeout)
    return channel.default_exchange, name


async def _ensure(connection: AbstractConnection, queue: str, timeout: float) -> None:  # noqa: ASYNC109
    """Raises the client's error where a queue is not there, as the message would be lost when its time ends.

    Asking closes the channel where it is not there, so it is one for that alone.
    """
    asking = connection.channel()
    await asking.initialize(timeout=timeout)
    try:
        await asking.declare_queue(queue, passive=True, timeout=timeout)
    finally:
        await asking.close()
