"""The trigger `nats`."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256

from airdock.connectors.nats.connection import NatsConnection
from airdock.connectors.nats.consumers import Consumer
from airdock.spec.channels import Heard
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Duration, Module, Text
from airdock.spec.trigger import Arrival, Listening, Source, Trigger

NAME = Text(r"[^\s.*>/\\\x00-\x1f\x7f]{1,200}", "a name without spaces, '.', '*', '>' and slashes")
SUBJECT = Text(
    r"[^\s\x00-\x1f\x7f]{1,255}", "a subject, such as `orders.new`; `*` is any one part of it, `>` any further ones"
)


class NatsTrigger(Trigger):
    """Listens to a subject of NATS.

    With `stream` it is a durable consumer of JetStream: a message is acknowledged when its run has succeeded, and comes
    again otherwise, also when the process or the servers were away meanwhile. Nodes that have the listener share the
    messages. Without `stream` a message is given to those who listen when it is sent, and is lost where nobody does or
    the process ends; where the sender waits for an answer, the flow's answer is sent to it.
    """

    trigger = "nats"
    prefetch = 10
    example = {"connection": "/shop/nats.connection", "subject": "orders.*", "stream": "ORDERS", "durable": "billing"}

    connection: str = field(
        Module((".connection",)), "A `nats` connection.", default=REQUIRED, example="/shop/nats.connection"
    )
    subject: str = field(
        SUBJECT, "What is listened to; with `stream` all that it keeps, if left out.", default="", example="orders.*"
    )
    stream: str = field(NAME, "The stream of JetStream that keeps the messages.", default="", example="ORDERS")
    durable: str = field(
        NAME,
        "Name of the durable consumer, made where there is none; the listener's path if left out.",
        default="",
        example="billing",
    )
    start: str = field(
        Choice(("all", "new")),
        "What a consumer that is made begins with: all that the stream has, or what comes from then on.",
        default="all",
    )
    ack_wait: float = field(
        Duration(),
        "After which time without a sign of life a message is given to another, where the consumer is made.",
        default=30.0,
        unit="s",
        example="1m",
    )
    queue: str = field(
        NAME,
        "Without `stream`: those who listen in one queue group share the messages; the listener's path if left out.",
        default="",
        example="billing",
    )

    @classmethod
    def check(cls, element: "NatsTrigger") -> list[tuple[str, str]]:
        if not element.stream and not element.subject:
            return [("subject", "name the `subject` to listen to, or a `stream`")]
        if element.stream and element.queue:
            return [("queue", "`queue` is for subjects without a `stream`: those of one `durable` share its messages")]
        if element.durable and not element.stream:
            return [("durable", "a `durable` consumer needs the `stream` that keeps the messages")]
        return []

    def heard(self) -> list[Heard]:
        group = {} if self.stream or not self.queue else {"queue": self.queue}
        kind = "subject" if self.subject else "stream"
        return [Heard(self.subject or self.stream, kind, "nats", private=group)]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (NatsConnection,), self.place_of("connection"))
        return NatsSource(link, self, name_of(listening.name))


class NatsSource:
    """Listens as the trigger says."""

    def __init__(self, link: Link, trigger: NatsTrigger, name: str) -> None:
        """`name`: of the consumer or the queue group where the trigger names none."""
        self._link = link
        self._trigger = trigger
        self._name = name

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened(prefetch)

    @asynccontextmanager
    async def _opened(self, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        trigger = self._trigger
        async with self._link.use() as publisher:
            client = publisher.client
            if trigger.stream:
                consumer = Consumer(
                    trigger.stream,
                    trigger.durable or self._name,
                    trigger.subject,
                    ack_wait=trigger.ack_wait,
                    everything=trigger.start == "all",
                )
                listening = client.consumed(consumer, prefetch)
            else:
                listening = client.subscribed(trigger.subject, trigger.queue or self._name, prefetch)
            async with listening as arrivals:
                yield arrivals


def name_of(listener: str) -> str:
    """A name for NATS that is the listener's alone: its path, with what names may not hold taken out."""
    path = listener.removesuffix(".listener")
    plain = "".join(letter if (letter.isascii() and letter.isalnum()) or letter in "-_" else "_" for letter in path)
    return f"{plain[:150]}_{sha256(listener.encode()).hexdigest()[:8]}"
