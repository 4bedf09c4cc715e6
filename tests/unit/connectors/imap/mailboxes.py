"""A mailbox in memory and a real one, as the tests of both see them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from airdock.connectors.claims import Claims
from airdock.connectors.imap.client import ImapClient
from airdock.connectors.imap.connection import ImapConnection
from airdock.connectors.imap.fake import FakeImap
from airdock.connectors.imap.folder import Wanted
from airdock.connectors.imap.receiving import Receiver
from airdock.engine.clock import LoopClock
from airdock.spec.connection import Secret
from airdock.spec.trigger import Arrival
from airdock.stores.memory import MemoryStore
from tests.unit.connectors.imap.post import PASSWORD, USER, Post
from tests.unit.connectors.opening import opening


class Mailbox(Protocol):
    """What a test does with one.

    Attributes:
        client: What listens to it.
    """

    client: Any

    async def deliver(self, content: bytes, folder: str = "INBOX") -> int: ...
    async def flags(self, folder: str = "INBOX") -> dict[int, set[str]]: ...
    async def close(self) -> None: ...


class RealMailbox:
    """One on a server."""

    def __init__(self, post: Post, client: ImapClient) -> None:
        self.post = post
        self.client = client
        self.deliver, self.flags = post.deliver, post.flags

    async def close(self) -> None:
        await self.client.close()


class MemoryMailbox:
    """The fake."""

    def __init__(self) -> None:
        self.client = FakeImap()

    async def deliver(self, content: bytes, folder: str = "INBOX") -> int:
        return self.client.deliver(content, folder)

    async def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        return {id: mail.flags for id, mail in self.client.folders[folder].mails.items()}

    async def close(self) -> None:
        await self.client.close()


def declared(port: int, **fields: Any) -> ImapConnection:
    usual = {"host": "127.0.0.1", "port": port, "security": "none", "user": USER, "password": Secret(secret="pw")}
    return ImapConnection(**{**usual, **fields})


async def connected(port: int, files: dict[str, bytes] | None = None, **fields: Any) -> ImapClient:
    """A client of the server at a port."""
    client = await declared(port, **fields).connect(opening({"pw": PASSWORD}, files))
    assert isinstance(client, ImapClient)
    return client


def receiver(store: MemoryStore | None = None, **wanted: Any) -> Receiver:
    """What a listener knows, in a process of its own or one that shares a store."""
    return Receiver(Wanted(**wanted), Claims(store or MemoryStore(), "p/l.listener#mails", LoopClock()))


async def next_of(arrivals: AsyncIterator[Arrival]) -> Arrival:
    """The next arrival; it must come soon."""
    return await asyncio.wait_for(anext(arrivals), 10)


async def nothing_from(arrivals: AsyncIterator[Arrival], seconds: float = 0.15) -> None:
    """Nothing comes for a while."""
    waiting = asyncio.ensure_future(anext(arrivals))
    done, _ = await asyncio.wait([waiting], timeout=seconds)
    assert not done, waiting
    waiting.cancel()


def mail(subject: str = "s", **headers: str) -> bytes:
    """A mail."""
    lines = [f"Message-ID: <{subject}@x.com>", "From: Ann <ann@x.com>", "To: shop@x.com", f"Subject: {subject}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", f"text of {subject}", ""]).encode()


@asynccontextmanager
async def posted(**options: Any) -> AsyncIterator[Post]:
    """A server that runs."""
    post = Post(**options)
    await post.start()
    try:
        yield post
    finally:
        await post.stop()
