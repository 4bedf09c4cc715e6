"""What is sent to a topic from now on, as a consumer of JetStream that nobody acknowledges and that goes by itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from airdock.connectors.errors import unavailable
from airdock.connectors.hub.message import Peeked
from airdock.connectors.hub.reading import peeked_of
from airdock.connectors.nats.client import ANSWER_SECONDS, NatsClient, Session
from airdock.errors import FlowError

if TYPE_CHECKING:
    from nats.aio.msg import Msg

HEARTBEAT = 5.0
"""So often the server says that the consumer is there, where nothing is sent."""
_SILENCE = 3 * HEARTBEAT
_GONE_SECONDS = 60.0
"""After which time without anybody who listens the server forgets the consumer."""
MOST_WAITING = 10_000
"""So many messages may wait to be read; with more, it is as if the connection had been lost."""


class Following:
    """One time of following a stream."""

    def __init__(self, client: NatsClient, session: Session, stream: str) -> None:
        self._client = client
        self._session = session
        self._stream = stream
        self._came: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._consumer = ""
        self._next = 1
        self._over = False

    async def begin(self) -> None:
        from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

        inbox = self._session.nats.new_inbox()
        self._subscription = await self._session.nats.subscribe(inbox, cb=self._take)
        config = ConsumerConfig(
            deliver_subject=inbox,
            deliver_policy=DeliverPolicy.NEW,
            ack_policy=AckPolicy.NONE,
            idle_heartbeat=HEARTBEAT,
            inactive_threshold=_GONE_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )
        made = await self._session.jetstream.add_consumer(self._stream, config=config)
        self._consumer = made.name
        self._watch = asyncio.ensure_future(self._tell_loss())

    async def end(self) -> None:
        """Leaves nothing behind, as far as the server can still be told."""
        self._watch.cancel()
        if self._session.lost.is_set():
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._subscription.unsubscribe()
                await self._session.jetstream.delete_consumer(self._stream, self._consumer)
        except Exception:  # noqa: BLE001, S110 -- the server forgets it by itself
            pass

    async def sent(self) -> AsyncIterator[Peeked]:
        while True:
            try:
                async with asyncio.timeout(_SILENCE):
                    message = await self._came.get()
            except TimeoutError:
                raise self._lost("the server is silent") from None
            if message is None:
                raise self._lost("the connection was lost")
            if self._is_word(message):
                continue
            known = message.metadata
            if known.sequence.consumer != self._next:
                raise self._lost("a message was missed")
            self._next += 1
            yield peeked_of(known.sequence.stream, known.timestamp, message.data, message.headers)

    async def _take(self, message: "Msg") -> None:
        if self._came.qsize() < MOST_WAITING:
            self._came.put_nowait(message)
        elif not self._over:
            self._over = True
            self._came.put_nowait(None)

    async def _tell_loss(self) -> None:
        await self._session.lost.wait()
        self._came.put_nowait(None)

    def _is_word(self, message: "Msg") -> bool:
        """Whether it is the server's own: that the consumer is there, or is gone.

        Raises:
            FlowError: `connector.unavailable`, messages were sent that did not come.
        """
        headers = message.headers
        if message.reply or not headers or "Status" not in headers:
            return False
        if headers["Status"] != "100":
            raise self._lost(headers.get("Description", "the consumer is gone"))
        if int(headers.get("Nats-Last-Consumer", 0)) >= self._next:
            raise self._lost("a message was missed")
        return True

    def _lost(self, reason: str) -> FlowError:
        return unavailable(self._client.name, reason)
