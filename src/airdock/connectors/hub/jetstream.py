"""The hub on JetStream: a stream for each topic and queue, a durable consumer for each client."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import uuid4

from airdock.connectors.hub.following import Following
from airdock.connectors.hub.home import HUB
from airdock.connectors.hub.hub import MOST
from airdock.connectors.hub.message import ChannelInfo, Outgoing, Peeked, Sent
from airdock.connectors.hub.names import OWNER, Channel, channel_of, reader_word
from airdock.connectors.hub.reading import headers_of, info_of, peeked_of, reader_of
from airdock.connectors.hub.young import YOUNG
from airdock.connectors.nats.client import NatsClient, Session
from airdock.connectors.nats.consumers import Consumer, ensure
from airdock.connectors.nats.pull import pulled, taken
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival

if TYPE_CHECKING:
    from nats.js.api import StreamConfig, StreamInfo

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that a sender waits for a hub that is not up."""
ACK_SECONDS = 30.0
"""After which time without a sign of life a message is given to another."""
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5)
_AWAY = ("connector.unavailable", "connector.timeout")
_FULL = 10077
"""What the server calls a stream that takes no more."""


class Keeping(NamedTuple):
    """How long messages are kept.

    Attributes:
        age: Seconds that a topic keeps one. size: Bytes of a topic or queue. replicas: Servers that have each message.
    """

    age: float = 7 * 86400.0
    size: int = 256 * 1024**2
    replicas: int = 1


class JetStreamHub:
    """Keeps the promises of `Hub` on servers of NATS."""

    def __init__(
        self,
        options: Callable[[], Mapping[str, Any]],
        want: Callable[[], None] = lambda: None,
        keeping: Keeping | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """
        Args:
            options: What a connection is made with; raises FlowError while there is none to be had.
            want: Has the hub started.
            patience: Seconds for which what is away is waited for.
        """
        self.want = want
        self._client = NatsClient(HUB, options)
        self._keeping = keeping or Keeping()
        self._patience = patience
        self._made: dict[Channel, float] = {}

    async def check(self) -> None:
        await self._client.check()

    async def close(self) -> None:
        await self._client.close()

    async def send(self, channel: Channel, message: Outgoing) -> Sent:
        message = message._replace(id=message.id or uuid4().hex)
        headers = headers_of(message)

        async def sent() -> Sent:
            await self._ensured(channel)
            try:
                kept = await self._client.store(channel.subject, message.content, headers)
            except FlowError as error:
                if error.code == "connector.nats.stream":
                    # Somebody removed it meanwhile.
                    self._made.pop(channel, None)
                raise
            return Sent(message.id, kept.sequence, kept.duplicate)

        return await self._patiently(sent)

    async def make(self, channel: Channel) -> None:
        await self._patiently(lambda: self._ensured(channel))

    async def subscribe(self, channel: Channel, client: str, since: float | None = None) -> None:
        await self._patiently(lambda: self._subscribed(channel, client, time.time() if since is None else since))

    async def unsubscribe(self, channel: Channel, client: str) -> bool:
        from nats.js.errors import NotFoundError

        async def ended(session: Session) -> bool:
            try:
                return await session.jetstream._jsm.delete_consumer(channel.stream, reader_word(client))
            except NotFoundError:
                return False

        return await self._asked(ended)

    @asynccontextmanager
    async def listen(
        self, channel: Channel, client: str, since: float, prefetch: int
    ) -> AsyncIterator[AsyncIterator[Arrival]]:
        client = OWNER if channel.kind == "queue" else client
        # While a server starts, listeners may be there before the hub.
        await self._patiently(lambda: self._subscribed(channel, client, since))
        session = await self._client.session()
        read = reader_of(channel)
        async with pulled(self._client, session, channel.stream, reader_word(client), prefetch, read) as arrivals:
            yield arrivals

    @asynccontextmanager
    async def follow(self, channel: Channel) -> AsyncIterator[AsyncIterator[Peeked]]:
        async def begun(session: Session) -> Following:
            following = Following(self._client, session, channel.stream)
            await following.begin()
            return following

        await self.make(channel)
        following = await self._asked(begun)
        try:
            yield following.sent()
        finally:
            await following.end()

    async def receive(self, channel: Channel, client: str) -> list[Peeked]:
        from nats.js.errors import NotFoundError

        async def received(session: Session) -> list[Peeked]:
            try:
                await session.jetstream._jsm.consumer_info(channel.stream, reader_word(client))
            except NotFoundError:
                return []
            messages = await taken(session, channel.stream, reader_word(client), MOST)
            for message in messages:
                await message.ack_sync()
            return [peeked_of(each.metadata.sequence.stream, each.metadata.timestamp, each.data, each.headers)
                    for each in messages]  # fmt: skip

        return await self._asked(received)

    async def peek(self, channel: Channel, start: int | None, limit: int) -> list[Peeked]:
        from nats.js.errors import NotFoundError

        async def peeked(session: Session) -> list[Peeked]:
            jetstream = session.jetstream._jsm
            found: list[Peeked] = []
            try:
                state = (await jetstream.stream_info(channel.stream)).state
                first = max(1, state.first_seq, state.last_seq - limit + 1 if start is None else start)
                while len(found) < limit and first <= state.last_seq:
                    kept = await jetstream.get_msg(channel.stream, first, channel.subject, next=True)
                    found.append(peeked_of(kept.seq or 0, kept.time, kept.data or b"", kept.headers))
                    first = found[-1].sequence + 1
            except NotFoundError:
                pass
            return found

        return await self._asked(peeked)

    async def channels(self, space: str) -> list[ChannelInfo]:
        async def listed(session: Session) -> list[ChannelInfo]:
            jetstream = session.jetstream._jsm
            infos: list[ChannelInfo] = []
            async for stream in _streams(jetstream):
                channel = channel_of(stream.config.name or "")
                if channel is not None and channel.space == space:
                    consumers = await jetstream.consumers_info(channel.stream)
                    infos.append(info_of(channel, stream, consumers))
            return sorted(infos, key=lambda info: (info.kind, info.name))

        return await self._asked(listed)

    async def _subscribed(self, channel: Channel, client: str, since: float) -> None:
        made = await self._ensured(channel)
        everything = channel.kind == "queue" or since - made < YOUNG
        consumer = Consumer(
            channel.stream, reader_word(client), ack_wait=ACK_SECONDS, everything=everything, since=since
        )
        await ensure(self._client, await self._client.session(), consumer)

    async def _ensured(self, channel: Channel) -> float:
        """Makes the stream where there is none; since when there is one."""
        if channel not in self._made:
            session = await self._client.session()
            self._made[channel] = await self._client.answered(session, self._stream(session, channel))
        return self._made[channel]

    async def _stream(self, session: Session, channel: Channel) -> float:
        from nats.js.errors import BadRequestError, NotFoundError

        jetstream, wanted = session.jetstream._jsm, self._config(channel)
        try:
            found = await jetstream.stream_info(channel.stream)
        except NotFoundError:
            try:
                found = await jetstream.add_stream(wanted)
            except BadRequestError:
                # Another process made it at the same moment.
                found = await jetstream.stream_info(channel.stream)
        if (found.config.max_bytes, found.config.max_age, found.config.num_replicas) != (
            wanted.max_bytes, wanted.max_age, wanted.num_replicas,
        ):  # fmt: skip
            found = await jetstream.update_stream(wanted)
        return found.created.timestamp() if found.created is not None else time.time()

    def _config(self, channel: Channel) -> "StreamConfig":
        from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

        is_queue = channel.kind == "queue"
        return StreamConfig(
            name=channel.stream,
            subjects=[channel.subject],
            retention=RetentionPolicy.WORK_QUEUE if is_queue else RetentionPolicy.LIMITS,
            # A queue refuses what it has no room for; of a topic the oldest go.
            discard=DiscardPolicy.NEW if is_queue else DiscardPolicy.OLD,
            max_age=0 if is_queue else self._keeping.age,
            max_bytes=self._keeping.size,
            storage=StorageType.FILE,
            num_replicas=self._keeping.replicas,
        )

    async def _asked(self, asking: Callable[[Session], Awaitable[T]]) -> T:
        async def once() -> T:
            session = await self._client.session()
            return await self._client.answered(session, asking(session))

        return await self._patiently(once)

    async def _patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        """Does it again while the hub is away, for a while; what is sent twice has one id."""
        deadline = time.monotonic() + self._patience
        attempt = 0
        while True:
            try:
                return await act()
            except FlowError as error:
                if error.code not in (*_AWAY, "connector.nats.stream") or time.monotonic() > deadline:
                    raise _told(error) from None
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            attempt += 1


async def _streams(jetstream: Any) -> "AsyncIterator[StreamInfo]":
    offset = 0
    while page := await jetstream.streams_info(offset=offset):
        for stream in page:
            yield stream
        offset += len(page)


def _told(error: FlowError) -> FlowError:
    if "maximum bytes exceeded" in str(error):
        return FlowError("hub.full", "the queue takes no more messages: those that it has are not worked off")
    if "larger than the server takes" in str(error):
        return FlowError("hub.size", "the message is larger than the hub takes")
    return error
