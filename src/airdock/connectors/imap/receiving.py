"""Gives what comes to a folder, and keeps the folder in step with what became of it."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from airdock.connectors.broker.inbox import Inbox
from airdock.connectors.claims import LEASE_SECONDS, Claims
from airdock.connectors.imap.folder import Fetched, MailFolder, Wanted
from airdock.connectors.imap.mail import MailError, parsed, read_head
from airdock.connectors.imap.mail_headers import moment
from airdock.errors import FlowError, described
from airdock.spec.trigger import Arrival

log = logging.getLogger("airdock.listeners")

_PATIENCE = 5.0
"""Seconds for which what is being marked is waited for, in the end."""
MOST_FETCHES = 3
"""A mail over which the connection is lost so often in a row is given up."""


class Receiver:
    """What one listener knows of its mails, over all of its connections in this process.

    Attributes:
        wanted: What it listens to. claims: Which node has which mail. trouble: Why mails that are done are not marked
            as that; empty where they are.
    """

    def __init__(self, wanted: Wanted, claims: Claims) -> None:
        self.wanted = wanted
        self.claims = claims
        self.trouble = ""
        self._owed: dict[tuple[int, int], bool] = {}
        self._fetches: dict[tuple[int, int], int] = {}

    @asynccontextmanager
    async def receive(self, folder: MailFolder, prefetch: int) -> AsyncIterator[AsyncIterator[Arrival]]:
        """What comes to a folder, for as long as it is open; ends by an error when it is lost."""
        reception = _Reception(self, folder, prefetch)
        task = asyncio.get_running_loop().create_task(reception.run())
        try:
            yield reception.inbox
        finally:
            task.cancel()
            await asyncio.wait((task,))
            await reception.leave()

    def owe(self, mail: tuple[int, int], dead: bool, error: BaseException) -> None:
        """A mail is worked off, or dead, and the server could not be told."""
        self._owed[mail] = dead
        self.trouble = f"a mail is done and not marked as that: {error}"

    def owed(self, validity: int) -> dict[int, bool]:
        """What the server is still to be told of mails, dead or not; those that had other ids are forgotten."""
        self._owed = {mail: dead for mail, dead in self._owed.items() if mail[0] == validity}
        return {id: dead for (_, id), dead in self._owed.items()}

    def owes(self, mail: tuple[int, int]) -> bool:
        """Whether the server is still to be told of a mail."""
        return mail in self._owed

    def paid(self, mail: tuple[int, int]) -> None:
        """The server knows of a mail."""
        self._owed.pop(mail, None)
        if not self._owed:
            self.trouble = ""

    def fetching(self, mail: tuple[int, int]) -> int:
        """How often in a row a mail was begun to be fetched, now included."""
        self._fetches[mail] = count = self._fetches.get(mail, 0) + 1
        return count

    def fetched(self, mail: tuple[int, int]) -> None:
        self._fetches.pop(mail, None)


class MailArrival(Arrival):
    """A mail in a folder."""

    __slots__ = ("_number", "_reception")

    def __init__(self, reception: "_Reception", number: int, fields: dict[str, Any]) -> None:
        super().__init__(**fields)
        self._reception = reception
        self._number = number

    async def accept(self) -> None:
        await self._reception.settle(self._number, dead=False)

    async def bury(self) -> None:
        await self._reception.settle(self._number, dead=True)

    async def release(self) -> None:
        await self._reception.give_back(self._number)

    async def working(self) -> None:
        await self._reception.renew(self._number)


class _Reception:
    """One connection's time with the folder."""

    def __init__(self, receiver: Receiver, folder: MailFolder, prefetch: int) -> None:
        self.inbox = Inbox()
        self._receiver = receiver
        self._folder = folder
        self._room = asyncio.Semaphore(prefetch)
        self._open: set[int] = set()
        self._settling: set[asyncio.Task[None]] = set()
        # A server that tells no next id lets all be taken for known.
        self._known = folder.next_id or 2**63

    async def run(self) -> None:
        try:
            while True:
                elsewhere = await self._look()
                # Another node may die over what it has; and what the server is to be told is told again.
                soon = elsewhere or self._receiver.owed(self._folder.validity)
                await self._folder.wait(LEASE_SECONDS if soon else math.inf)
        except Exception as error:  # noqa: BLE001 -- whoever reads is told
            self.inbox.break_off(error)

    async def _look(self) -> bool:
        """Gives what there is; whether there is something that another node has."""
        elsewhere = False
        await self._pay()
        for id in await self._folder.find():
            if id in self._open or self._receiver.owes(self._mail(id)):
                continue
            await self._room.acquire()
            given = False
            try:
                if await self._receiver.claims.take(self._key(id)):
                    given = await self._give(id)
                else:
                    elsewhere = True
            finally:
                if not given:
                    self._room.release()
            self._known = max(self._known, id + 1)
        return elsewhere

    async def _pay(self) -> None:
        """Tells the server what it does not know yet; what it refuses again is told again, later."""
        for id, dead in self._receiver.owed(self._folder.validity).items():
            try:
                await self._mark(id, dead)
            except FlowError as error:
                if error.code != "connector.imap.rejected":
                    raise
                self._receiver.owe(self._mail(id), dead, error)

    async def _give(self, id: int) -> bool:
        receiver, mail = self._receiver, self._mail(id)
        self._open.add(id)
        if receiver.fetching(mail) > MOST_FETCHES:
            message = f"the connection was lost each time that the mail was fetched, {MOST_FETCHES} times"
            await self._put(id, Fetched(b"", False, 0, ""), FlowError("request.body", message))
            return True
        fetched = await self._folder.fetch(id)
        receiver.fetched(mail)
        if fetched is None:
            self._open.discard(id)
            await receiver.claims.give_back(self._key(id))
            return False
        fault = None
        if not fetched.whole:
            message = f"the mail has {fetched.size} bytes; the listener takes {receiver.wanted.max_size} (`maxSize`)"
            fault = FlowError("request.tooLarge", message)
        await self._put(id, fetched, fault)
        return True

    async def _put(self, id: int, fetched: Fetched, fault: FlowError | None) -> None:
        try:
            body = await asyncio.to_thread(read_head if fault is not None else parsed, fetched.content)
        except MailError as error:
            body, fault = read_head(fetched.content), FlowError("request.body", f"the mail cannot be read: {error}")
        folder, name = self._folder, self._receiver.wanted.folder
        about = {"folder": name, "uid": id, "uidValidity": folder.validity, "size": fetched.size}
        if fetched.received:
            about["received"] = moment(fetched.received)
        fields = {
            "body": body,
            "headers": {key: value if isinstance(value, str) else value[0] for key, value in body["headers"].items()},
            "id": body["messageId"] or f"{name}/{folder.validity}/{id}",
            "about": about,
            "redelivered": id < self._known,
            "fault": fault,
        }
        self.inbox.put(MailArrival(self, id, fields))

    # What becomes of a mail.

    async def settle(self, id: int, dead: bool) -> None:
        """Whatever happens, also where the caller is cut off, it is not given again by this process."""
        task = asyncio.get_running_loop().create_task(self._settle(id, dead))
        self._settling.add(task)
        task.add_done_callback(self._settled)
        await asyncio.shield(task)

    async def _settle(self, id: int, dead: bool) -> None:
        try:
            await self._mark(id, dead)
        except BaseException as error:
            self._receiver.owe(self._mail(id), dead, error)
            raise
        finally:
            self._left(id)

    def _settled(self, task: "asyncio.Task[None]") -> None:
        self._settling.discard(task)
        if not task.cancelled():
            # Who asked may have gone.
            task.exception()

    async def give_back(self, id: int) -> None:
        try:
            await self._receiver.claims.give_back(self._key(id))
        finally:
            self._left(id)
            self._folder.wake()

    async def renew(self, id: int) -> None:
        if id in self._open:
            await self._receiver.claims.renew(self._key(id))

    async def leave(self) -> None:
        """What is in hand goes back."""
        if self._settling:
            await asyncio.wait(self._settling, timeout=_PATIENCE)
        for id in sorted(self._open):
            try:
                await self._receiver.claims.give_back(self._key(id))
            except FlowError as error:
                log.info("a mail is given back later: %s", described(error))
        self._open.clear()

    async def _mark(self, id: int, dead: bool) -> None:
        await (self._folder.failed(id) if dead else self._folder.done(id))
        self._receiver.paid(self._mail(id))

    def _left(self, id: int) -> None:
        if id in self._open:
            self._open.discard(id)
            self._room.release()

    def _mail(self, id: int) -> tuple[int, int]:
        return (self._folder.validity, id)

    def _key(self, id: int) -> str:
        return f"{self._receiver.wanted.folder}/{self._folder.validity}/{id}"
