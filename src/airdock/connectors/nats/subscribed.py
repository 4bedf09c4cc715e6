"""Messages as they are sent: given to those who listen at that moment, and kept by nobody."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from airdock.connectors.errors import unavailable
from airdock.connectors.nats.client import ANSWER_SECONDS, NatsClient, Session
from airdock.connectors.nats.reading import CONTENT_TYPE, read_message
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from nats.aio.msg import Msg

log = logging.getLogger("airdock.connectors")

_MOST_WAITING = 10_000
"""Messages that wait in memory; those that come beyond are lost, as NATS has it with those who are too slow."""


class SubscribedArrival(Arrival):
    """A message that nobody else has: what is released is given again by this process, as long as it listens."""

    __slots__ = ("_listening", "_message")

    def __init__(self, listening: "Subscribed", message: "Msg", redelivered: bool) -> None:
        read = read_message(message)
        super().__init__(message.data, **read._replace(redelivered=redelivered)._asdict())
        self._listening = listening
        self._message = message

    async def accept(self) -> None:
        self._listening.settled()

    async def release(self) -> None:
        self._listening.again(self._message)

    async def reply(self, content: bytes, content_type: str) -> None:
        if not self._message.reply:
            return
        session = self._listening.session
        if session.lost.is_set():
            raise unavailable(self._listening.client.name, "the connection was lost")
        headers = {CONTENT_TYPE: content_type} if content_type else None
        await session.nats.publish(self._message.reply, content, headers=headers)


class Subscribed:
    """One time of listening to a subject."""

    def __init__(self, client: NatsClient, session: Session, prefetch: int) -> None:
        self.client = client
        self.session = session
        self._prefetch = prefetch
        self._open = 0
        self._waiting: deque[tuple[Msg, bool]] = deque()
        self._dropped = 0
        self._news = asyncio.Event()

    async def begin(self, subject: str, queue: str) -> None:
        async def take(message: "Msg") -> None:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append((message, False))
                self._news.set()
            else:
                self._drop()

        self._subscription = await self.session.nats.subscribe(subject, queue, cb=take)
        await self.session.nats.flush(timeout=int(ANSWER_SECONDS))
        self._watch = asyncio.ensure_future(self._tell_loss())

    async def end(self) -> None:
        self._watch.cancel()
        if not self.session.lost.is_set():
            try:
                await self._subscription.unsubscribe()
            except Exception:  # noqa: BLE001, S110 -- the connection was lost meanwhile
                pass

    def settled(self) -> None:
        self._open -= 1
        self._news.set()

    def again(self, message: "Msg") -> None:
        self._waiting.append((message, True))
        self.settled()

    async def arrivals(self) -> AsyncIterator[Arrival]:
        while True:
            while not self._waiting or self._open >= self._prefetch:
                await self._news.wait()
                self._news.clear()
                if self.session.lost.is_set():
                    raise unavailable(self.client.name, "the connection was lost")
            message, redelivered = self._waiting.popleft()
            self._open += 1
            yield SubscribedArrival(self, message, redelivered)

    async def _tell_loss(self) -> None:
        await self.session.lost.wait()
        self._news.set()

    def _drop(self) -> None:
        self._dropped += 1
        if self._dropped & (self._dropped - 1) == 0:  # told ever more rarely
            log.warning(
                "%s: %d messages were lost: they came faster than they were worked off",
                self.client.name,
                self._dropped,
            )


@asynccontextmanager
async def subscribed(
    client: NatsClient, session: Session, subject: str, queue: str, prefetch: int
) -> AsyncIterator[AsyncIterator[Arrival]]:
    """What is sent to a subject; those who listen in one queue group share it."""
    listening = Subscribed(client, session, prefetch)
    await client.answered(session, listening.begin(subject, queue))
    try:
        yield listening.arrivals()
    finally:
        await listening.end()
