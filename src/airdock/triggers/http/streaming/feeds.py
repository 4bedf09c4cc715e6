"""What the trigger asks of the message hub: what is sent to a topic."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol


class News(Protocol):
    """A message of a topic: its number there, its content and headers."""

    @property
    def sequence(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...
    @property
    def headers(self) -> dict[str, str]: ...


class Feeds(Protocol):
    """The topics of the message hub: `airdock.connectors.hub.feeds.Feeds`."""

    def open(self, flow: str, topic: str, after: int | None = None) -> AbstractAsyncContextManager[AsyncIterator[News]]:
        """What is sent to a topic from when the context is entered; in front of it what was sent after a number.

        Args:
            flow: Who reads it.

        Raises:
            FlowError: `hub.name`, `connector.unavailable`, `stream.slow`; so does the iterator.
        """


class NoFeeds:
    """There is no hub, as in `airdock call`: nothing is pushed."""

    @asynccontextmanager
    async def open(self, flow: str, topic: str, after: int | None = None) -> AsyncIterator[AsyncIterator[News]]:
        yield _nothing()


async def _nothing() -> AsyncIterator[News]:
    none: tuple[News, ...] = ()
    for news in none:
        yield news
