"""What a hub does, whether it is NATS or memory."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from airdock.connectors.hub.message import ChannelInfo, Outgoing, Peeked, Sent
from airdock.connectors.hub.names import Channel
from airdock.spec.trigger import Arrival

MOST_BYTES = 8 * 1024**2
"""Bytes of a message at most, with its headers."""
MOST = 100
"""Messages that are looked at or received at once."""


class Hub(Protocol):
    """Topics and queues of all spaces, for one event loop.

    A message that was sent is kept: that of a topic for a time, whoever reads it, that of a queue until one has worked
    it off. Names are those that `check_name` lets through.
    """

    def want(self) -> None:
        """Has it started, where that is its process's business; without waiting."""

    async def check(self) -> None:
        """Raises FlowError `connector.unavailable` where it does not answer."""

    async def close(self) -> None:
        """Gives everything back."""

    async def send(self, channel: Channel, message: Outgoing) -> Sent:
        """Keeps a message; waits for a while where the hub is not up.

        Raises:
            FlowError: `hub.size`; `hub.full`, the queue takes no more; `connector.unavailable`.
        """

    async def subscribe(self, channel: Channel, client: str, since: float | None = None) -> None:
        """From now on, or from a time on (Unix), the client gets every message of the topic, until it unsubscribes.

        A client that is subscribed already goes on where it is. A topic that is younger than a minute it gets whole.
        """

    async def unsubscribe(self, channel: Channel, client: str) -> bool:
        """Ends that; what was not received is lost to it. False where it was not subscribed."""

    def listen(
        self, channel: Channel, client: str, since: float, prefetch: int
    ) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        """What a client gets of a topic, and anybody of a queue, with the promises of `Source.open`."""

    def follow(self, channel: Channel) -> AbstractAsyncContextManager[AsyncIterator[Peeked]]:
        """What is sent to a topic from when the context is entered, in order. It leaves nothing behind.

        The iterator raises FlowError `connector.unavailable` when it cannot be told what is sent any more.
        """

    async def receive(self, channel: Channel, client: str) -> list[Peeked]:
        """What a client was not given yet, as many as are given at once; it counts as worked off."""

    async def peek(self, channel: Channel, start: int | None, limit: int) -> list[Peeked]:
        """Looks at messages: those from a number on, else the newest; in their order."""

    async def channels(self, space: str) -> list[ChannelInfo]:
        """The topics and queues of a space, by kind and name."""

    async def make(self, channel: Channel) -> None:
        """Makes a topic or a queue; nothing where it is there."""
