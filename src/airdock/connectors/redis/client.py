"""What reaches Redis."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from airdock.connectors.broker.message import Message
from airdock.connectors.errors import refused, unavailable
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from airdock.connectors.redis.trigger import RedisTrigger


class RedisClient:
    """A pool of connections.

    Attributes:
        name: The connection's. redis: The client of redis-py, which answers with bytes; what else it can do is for
            listeners and brokers. timeout: Seconds that a command may take.
    """

    def __init__(self, name: str, redis: Any, timeout: float) -> None:
        self.name = name
        self.redis = redis
        self.timeout = timeout

    async def check(self) -> None:
        await self.execute("PING")

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await within(5.0, self.redis.aclose())

    async def execute(self, *words: Any) -> Any:
        """What a command answers.

        Raises:
            FlowError: `connector.redis.command`, Redis does not do it; `connector.unavailable` and so on.
        """
        try:
            return await within(self.timeout, self.redis.execute_command(*words))
        except DeadlineError:
            message = f"{self.name}: the answer took longer than {self.timeout:g} s"
            raise FlowError("connector.timeout", message) from None
        except Exception as error:
            raise told(self.name, error) from error

    # What brokers do.

    async def publish(self, message: Message) -> None:
        """Adds an entry to a stream, or publishes to a channel."""
        from airdock.connectors.redis.messages import entry_of

        if message.queue:
            await self.execute("XADD", message.destination, "*", *entry_of(message))
        else:
            await self.execute("PUBLISH", message.destination, message.content)

    def listen(self, trigger: "RedisTrigger", prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        """What comes to a stream or to channels."""
        from airdock.connectors.redis import channels, streams

        if trigger.queue:
            return streams.listening(self, trigger, prefetch)
        return channels.listening(self, trigger.topics)


def told(name: str, error: Exception) -> FlowError:
    """The error for what redis-py raised."""
    from redis import exceptions

    if isinstance(error, FlowError):
        return error
    text = " ".join(str(error).split())[:500] or type(error).__name__
    if isinstance(error, exceptions.AuthenticationError | exceptions.AuthorizationError | exceptions.NoPermissionError):
        return refused(name, text)
    if isinstance(error, exceptions.TimeoutError | TimeoutError):
        return FlowError("connector.timeout", f"{name}: {text}")
    if isinstance(error, exceptions.ConnectionError | exceptions.ReadOnlyError | OSError):
        return unavailable(name, text)
    return FlowError("connector.redis.command", f"{name}: {text}")
