"""Messages pulled from a durable consumer of JetStream, as many ahead as are asked for."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec

from airdock.connectors.errors import unavailable
from airdock.connectors.nats.client import ANSWER_SECONDS, NatsClient, Session
from airdock.connectors.nats.reading import Read, read_kept
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from nats.aio.msg import Msg

EXPIRES = 30.0
"""Seconds after which a request for messages ends and is made anew."""
_BACK = b'-NAK {"delay": 1000000}'
"""Gives a message back. With a delay, if only of a millisecond, it is not forgotten when the server ends meanwhile; the
message would else come again when its time to be acknowledged is over."""
_ENDS = {"404", "408"}
"""Statuses with which a server ends a request in the ordinary way; 409 has reasons of several kinds."""
Reader = Callable[["Msg"], Read]
"""Reads a message that a stream keeps."""
_GONE = ("deleted", "not found", "leadership", "shutdown")


class PulledArrival(Arrival):
    """A message that the consumer gives again unless it is acknowledged."""

    __slots__ = ("_message", "_pulling")

    def __init__(self, pulling: "Pulling", message: "Msg") -> None:
        super().__init__(message.data, **pulling.read(message)._asdict())
        self._pulling = pulling
        self._message = message

    @property
    def address(self) -> str:
        """Where it is acknowledged."""
        return self._message.reply

    async def accept(self) -> None:
        # That the server took note is not waited for: where it did not, the message comes again, as it may anyway.
        await self._send(b"")
        self._pulling.settled(self)

    async def release(self) -> None:
        self._pulling.settled(self)
        await self._send(_BACK)

    async def working(self) -> None:
        await self._send(b"+WPI")

    async def _send(self, sign: bytes) -> None:
        await self._pulling.publish(self._message.reply, sign)


class Pulling:
    """One time of listening to a consumer."""

    def __init__(
        self, client: NatsClient, session: Session, stream: str, consumer: str, prefetch: int, read: Reader
    ) -> None:
        self.client = client
        self.session = session
        self.read = read
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._prefetch = prefetch
        self._given: set[PulledArrival] = set()
        self._waiting: deque[Msg] = deque()
        self._requested = 0
        self._inbox = session.nats.new_inbox()
        self._news = asyncio.Event()

    def settled(self, arrival: PulledArrival) -> None:
        """It was acknowledged, one way or the other: there is room for another."""
        self._given.discard(arrival)
        self._news.set()

    async def arrivals(self) -> AsyncIterator[Arrival]:
        while True:
            arrival = PulledArrival(self, await self._message())
            self._given.add(arrival)
            yield arrival

    async def begin(self) -> None:
        async def take(message: "Msg") -> None:
            self._waiting.append(message)
            self._news.set()

        self._subscription = await self.session.nats.subscribe(self._inbox, cb=take)
        self._watch = asyncio.ensure_future(self._tell_loss())

    async def end(self) -> None:
        """Gives back what was given and not settled, and what came and was not given."""
        self._watch.cancel()
        if self.session.lost.is_set():
            return
        try:
            await self._subscription.unsubscribe()
            unread = [message.reply for message in self._waiting if not _status(message)]
            # What was asked for and comes later is given again when its time is up.
            for reply in (*(arrival.address for arrival in self._given), *unread):
                await self.session.nats.publish(reply, _BACK)
            await self.session.nats.flush(timeout=int(ANSWER_SECONDS))
        except Exception:  # noqa: BLE001, S110 -- the connection is lost: the consumer gives them again by itself
            pass

    async def _tell_loss(self) -> None:
        await self.session.lost.wait()
        self._news.set()

    async def _message(self) -> "Msg":
        while True:
            if not self._waiting:
                if not self._requested:
                    await self._request()
                if not await self._some_news(EXPIRES + ANSWER_SECONDS):
                    self._requested = 0
                continue
            message = self._waiting.popleft()
            if status := _status(message):
                self._ended(status, message)
            else:
                self._requested = max(0, self._requested - 1)
                return message

    async def _request(self) -> None:
        """Asks for as many as there is room for, in portions: not for each one that was settled alone."""
        while len(self._given) > self._prefetch // 2 or len(self._given) >= self._prefetch:
            await self._some_news(None)
        self._requested = self._prefetch - len(self._given)
        asked = {"batch": self._requested, "expires": int(EXPIRES * 1e9)}
        await self.publish(self._next, msgspec.json.encode(asked), self._inbox)

    async def publish(self, subject: str, content: bytes, reply: str = "") -> None:
        """Says something to the server.

        Raises:
            FlowError: `connector.unavailable`, the connection is lost.
        """
        if self.session.lost.is_set():
            raise unavailable(self.client.name, "the connection was lost")
        try:
            await self.session.nats.publish(subject, content, reply)
        except Exception as error:
            raise self.client.told(error) from error

    async def _some_news(self, seconds: float | None) -> bool:
        """Waits until something came or was settled; False when the time is up.

        Raises:
            FlowError: `connector.unavailable`, the connection is lost.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        if self.session.lost.is_set():
            raise unavailable(self.client.name, "the connection was lost")
        return True

    def _ended(self, status: str, message: "Msg") -> None:
        """The server has ended a request, or says that there is no consumer to ask any more."""
        reason = (message.headers or {}).get("Description", status)
        if status == "503":
            raise unavailable(self.client.name, "JetStream does not answer")
        if status not in _ENDS and any(word in reason.lower() for word in _GONE):
            raise FlowError("connector.failed", f"{self.client.name}: {reason}")
        if status != "100":
            self._requested = 0


@asynccontextmanager
async def pulled(
    client: NatsClient, session: Session, stream: str, consumer: str, prefetch: int, read: Reader = read_kept
) -> AsyncIterator[AsyncIterator[Arrival]]:
    """What a consumer gives; what was not settled goes back when the context is left."""
    pulling = Pulling(client, session, stream, consumer, prefetch, read)
    await client.answered(session, pulling.begin())
    try:
        yield pulling.arrivals()
    finally:
        await pulling.end()


def _status(message: "Msg") -> str:
    """The status of a server's own word; empty for a message."""
    if message.reply or not message.headers:
        return ""
    return message.headers.get("Status", "")


async def taken(session: Session, stream: str, consumer: str, most: int) -> "list[Msg]":
    """What a consumer has to give now, without waiting for more."""
    given: asyncio.Queue[Msg] = asyncio.Queue()
    inbox = session.nats.new_inbox()
    subscription = await session.nats.subscribe(inbox, cb=given.put)
    try:
        asked = msgspec.json.encode({"batch": most, "no_wait": True})
        await session.nats.publish(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}", asked, inbox)
        messages: list[Msg] = []
        async with asyncio.timeout(ANSWER_SECONDS):
            while len(messages) < most and not _status(message := await given.get()):
                messages.append(message)
        return messages
    finally:
        await subscription.unsubscribe()
