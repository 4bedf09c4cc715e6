from typing import Any

from airdock.connectors.broker.source import BrokerSource
from airdock.connectors.redis.connection import Redis
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Duration, ListOf, Module, Text
from airdock.spec.trigger import Listening, Source, Trigger


class RedisTrigger(Trigger):
    """Messages of Redis: of a stream, or of channels (pub/sub).

    A `queue` is a stream that a consumer group reads: each message goes to one of those who listen with the same
    `group`. It is acknowledged, and deleted, when its run has succeeded; what was given to a process that died is given
    to another after `redeliverAfter`, so it may come twice. An entry that another program wrote in its own way is an
    object of its fields.

    `topics` are channels or patterns of them. Redis keeps nothing of what is published: what comes while the listener
    is away, or fails for good, is gone.
    """

    trigger = "redis"
    requires = "redis"
    prefetch = 20
    example = {"connection": "/shop/redis.connection", "queue": "orders"}

    connection: str = field(Module((".connection",)), "The server.", default=REQUIRED, example="/shop/redis.connection")
    queue: str = field(Text(), "The stream.", default="", example="orders")
    topics: list[str] = field(
        ListOf(Text(".+", "a channel or a pattern")),
        "Channels, in place of a stream; `*` stands for any characters.",
        default=[],
        example=["news.*"],
    )
    group: str = field(Text(".+", "a name"), "The consumer group.", default="airdock", example="shop")
    keep: bool = field(
        Boolean(), "Messages stay in the stream when they were worked off, for other groups.", default=False
    )
    redeliver_after: float = field(
        Duration(), "So long nothing was heard of a message before it is given to another.", default=60.0, unit="s"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        if bool(element.queue) == bool(element.topics):
            return [("", "name a `queue` or `topics`")]
        return []

    def source(self, listening: Listening) -> Source:
        return BrokerSource(listening.connection(self.connection, (Redis,), self.place_of("connection")), self)
