"""The trigger `message`: what is sent to the built-in hub."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from airdock.connectors.hub.names import NAME, Kind, own_client
from airdock.spec.connection import Link
from airdock.spec.fields import field
from airdock.spec.trigger import Arrival, Listening, Source, Trigger


class MessageTrigger(Trigger):
    """Messages of the built-in hub, which needs no broker and no connection.

    Of a `topic` each client gets every message, from when the listener is enabled; processes and listeners that name
    the same `client` share them. Of a `queue` each message goes to one who listens. A message is acknowledged when its
    run has succeeded; it comes again otherwise, and may come twice. What a topic has sent while a client was away waits
    for it.

    A sandbox has topics and queues of its own.
    """

    trigger = "message"
    prefetch = 10
    example = {"client": "client1", "topic": "topic1"}

    topic: str = field(NAME, "The topic.", default="", example="topic1")
    queue: str = field(NAME, "The queue, in place of a topic.", default="", example="invoices")
    client: str = field(
        NAME, "Name of the subscriber of a topic; the listener's path if left out.", default="", example="client1"
    )

    @classmethod
    def check(cls, element: "MessageTrigger") -> list[tuple[str, str]]:
        if bool(element.topic) == bool(element.queue):
            return [("", "name a `topic` or a `queue`")]
        if element.queue and element.client:
            return [("client", "a `queue` has no clients: whoever listens shares its messages")]
        return []

    def source(self, listening: Listening) -> Source:
        client = self.client or own_client(listening.name)
        kind: Kind = "topic" if self.topic else "queue"
        return MessageSource(listening.hub(), kind, self.topic or self.queue, client, listening.clock.now())


class MessageSource:
    """Listens to a topic or a queue."""

    def __init__(self, link: Link, kind: Kind, name: str, client: str, since: float) -> None:
        """`since`: when the listener was enabled, from when on a new client gets what is sent."""
        self._link = link
        self._kind = kind
        self._name = name
        self._client = client
        self._since = since

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened(prefetch)

    @asynccontextmanager
    async def _opened(self, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        async with self._link.use() as client:
            channel = client.channel(self._kind, self._name)
            async with client.hub.listen(channel, self._client, self._since, prefetch) as arrivals:
                yield arrivals
