"""A mailbox in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from airdock.connectors.imap.folder import HEAD, Fetched, Wanted
from airdock.connectors.imap.receiving import Receiver
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.spec.trigger import Arrival


class FakeMail:
    """A mail in a folder.

    Attributes:
        content: As it came. flags: In lower case, such as `seen`, `flagged`.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.flags: set[str] = set()


class FakeFolder:
    """A folder: its mails by their ids."""

    def __init__(self) -> None:
        self.mails: dict[int, FakeMail] = {}
        self.next_id = 1
        self.watching: set[asyncio.Event] = set()

    def put(self, mail: FakeMail) -> int:
        id = self.next_id
        self.mails[id] = mail
        self.next_id += 1
        for event in self.watching:
            event.set()
        return id


class FakeImap:
    """A mailbox that has what is delivered to it. It knows no criteria of a search: all mails fit.

    Attributes:
        folders: By their names.
    """

    def __init__(self) -> None:
        self.folders: dict[str, FakeFolder] = {"INBOX": FakeFolder()}

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def deliver(self, content: bytes, folder: str = "INBOX") -> int:
        """A mail comes; the id that it gets."""
        return self.folders.setdefault(folder, FakeFolder()).put(FakeMail(content))

    def listen(self, wanted: Receiver, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._listening(wanted, prefetch)

    @asynccontextmanager
    async def _listening(self, receiver: Receiver, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        wanted = receiver.wanted
        if wanted.folder not in self.folders:
            raise FlowError("connector.imap.folder", f"a fake: the folder {wanted.folder!r} cannot be opened")
        for target in wanted.targets:
            self.folders.setdefault(target, FakeFolder())
        opened = _OpenFolder(self, wanted)
        watched = self.folders[wanted.folder].watching
        watched.add(opened.news)
        try:
            async with receiver.receive(opened, prefetch) as arrivals:
                yield arrivals
        finally:
            watched.discard(opened.news)


class _OpenFolder:
    """A folder of a fake that is listened to."""

    def __init__(self, mailbox: FakeImap, wanted: Wanted) -> None:
        self.validity = 1
        self.news = asyncio.Event()
        self._mailbox = mailbox
        self._wanted = wanted
        self._folder = mailbox.folders[wanted.folder]
        self.next_id = self._folder.next_id

    async def find(self) -> list[int]:
        self.news.clear()
        return sorted(id for id, mail in self._folder.mails.items() if self._fits(mail))

    def _fits(self, mail: FakeMail) -> bool:
        return not (self._wanted.unseen and "seen" in mail.flags)

    async def fetch(self, id: int) -> Fetched | None:
        mail = self._folder.mails.get(id)
        if mail is None or not self._fits(mail):
            return None
        whole = len(mail.content) <= self._wanted.max_size
        return Fetched(mail.content if whole else mail.content[:HEAD], whole, len(mail.content), "")

    async def done(self, id: int) -> None:
        mail, wanted = self._folder.mails.get(id), self._wanted
        if mail is None:
            return
        mail.flags.add("seen")
        if wanted.delete:
            del self._folder.mails[id]
        elif wanted.move_to:
            self._move(id, wanted.move_to)

    async def failed(self, id: int) -> None:
        mail = self._folder.mails.get(id)
        if mail is None:
            return
        if self._wanted.failed_to:
            self._move(id, self._wanted.failed_to)
        else:
            mail.flags |= {"seen", "flagged"}

    def _move(self, id: int, target: str) -> None:
        self._mailbox.folders[target].put(self._folder.mails.pop(id))

    async def wait(self, seconds: float) -> None:
        try:
            await within(min(seconds, 3600.0), self.news.wait())
        except DeadlineError:
            return

    def wake(self) -> None:
        self.news.set()
