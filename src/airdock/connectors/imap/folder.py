"""A folder of a mailbox that is listened to."""

from difflib import get_close_matches
from typing import Any, NamedTuple, Protocol

from airdock.connectors.imap.folder_names import decoded, encoded
from airdock.connectors.imap.session import Argument, Refusal, Session
from airdock.connectors.imap.wire import Response, TooLong
from airdock.errors import FlowError

RENEWAL = 300.0
"""Seconds after which a wait is begun anew: some servers end one after ten minutes, and firewalls forget it."""
HEAD = 64 * 1024
"""So many bytes of the header of a mail that is too large are taken."""


class Wanted(NamedTuple):
    """What is listened to.

    Attributes:
        folder: Its name. criteria: Which mails, as arguments of SEARCH. unseen: Only those that nobody has seen.
        move_to, delete: What becomes of a mail that was worked off, beside that it is marked as seen.
        failed_to: Where one goes that lies in the dead letters; it is flagged where this is empty.
        max_size: Bytes of a mail that is taken. poll: Seconds between looks. idle: The server is to tell of mail.
    """

    folder: str = "INBOX"
    criteria: tuple[Argument, ...] = ()
    unseen: bool = True
    move_to: str = ""
    delete: bool = False
    failed_to: str = ""
    max_size: int = 25 * 1024**2
    poll: float = 60.0
    idle: bool = True

    @property
    def targets(self) -> list[str]:
        """Folders that must be there."""
        return [each for each in (self.move_to, self.failed_to) if each]


class Fetched(NamedTuple):
    """A mail that was fetched and not marked.

    Attributes:
        content: All of it, or the beginning of its header where it is too large. whole: It is all.
        size: Bytes, as the server says. received: When it came, in the server's words.
    """

    content: bytes
    whole: bool
    size: int
    received: str


class MailFolder(Protocol):
    """A folder that is open. Every method raises FlowError when it is lost, or the server does not do it.

    Attributes:
        validity: Mails have the same ids as long as this is the same. next_id: Higher than all ids when it was opened.
    """

    validity: int
    next_id: int

    async def find(self) -> list[int]:
        """The ids of the mails that are wanted, the oldest first."""

    async def fetch(self, id: int) -> Fetched | None:
        """A mail, which is not marked by that; None where it is not there or not wanted any more."""

    async def done(self, id: int) -> None:
        """A mail was worked off: it is marked, moved or deleted."""

    async def failed(self, id: int) -> None:
        """A mail lies in the dead letters: it is moved or flagged."""

    async def wait(self, seconds: float) -> None:
        """Until there may be something new, or it is time to look, or so long."""

    def wake(self) -> None:
        """Ends a wait."""


class ImapFolder:
    """A folder that a session has selected."""

    def __init__(self, session: Session, wanted: Wanted, name: str) -> None:
        """`name`: of the connection, for messages."""
        self.validity = 0
        self.next_id = 0
        self._session = session
        self._wanted = wanted
        self._name = name

    async def open(self) -> None:
        """Selects it, and makes the folders into which mails are moved, where they are missing.

        Raises:
            FlowError: `connector.imap.folder`, there is no such folder, or it can only be read; and as all methods.
        """
        wanted = self._wanted
        try:
            found, status = await self._session.command(
                "SELECT", encoded(wanted.folder), wanted=("UIDVALIDITY", "UIDNEXT")
            )
        except Refusal as error:
            raise await self._unknown(error) from None
        if status.code == "READ-ONLY":
            message = f"{self._name}: the folder {wanted.folder!r} can only be read, so no mail could be marked as done"
            raise FlowError("connector.imap.folder", message)
        told = {response.code: response.details for response in found}
        if not wanted.idle:
            self._session.capabilities -= {"IDLE"}
        self.validity = _number(told.get("UIDVALIDITY"))
        self.next_id = _number(told.get("UIDNEXT"))
        for target in wanted.targets:
            if not await self._folders(encoded(target)):
                await self._do(f"make the folder {target!r}", "CREATE", encoded(target))

    async def find(self) -> list[int]:
        self._session.news.clear()
        wanted = self._wanted
        arguments = ("UID SEARCH", *(_CHARSET if _is_beyond_ascii(wanted.criteria) else ()), "UNDELETED")
        seen = ("UNSEEN",) if wanted.unseen else ()
        found = await self._do("search", *arguments, *seen, *wanted.criteria, wanted=("SEARCH",))
        return sorted({_number(id) for response in found for id in response.values} - {0})

    async def fetch(self, id: int) -> Fetched | None:
        facts = await self._fetch(id, "(UID FLAGS RFC822.SIZE INTERNALDATE)")
        if facts is None:
            return None
        flags = {each.lower() for each in facts.get("FLAGS") or [] if isinstance(each, bytes)}
        if b"\\deleted" in flags or (self._wanted.unseen and b"\\seen" in flags):
            return None
        size = _number(facts.get("RFC822.SIZE"))
        received = (facts.get("INTERNALDATE") or b"").decode("ascii", "replace")
        content: Any = TooLong(size)
        if size <= self._wanted.max_size:
            parts = await self._fetch(id, "(UID BODY.PEEK[])")
            content = None if parts is None else parts.get("BODY[]")
            if content is None:
                return None
        if isinstance(content, TooLong):
            parts = await self._fetch(id, f"(UID BODY.PEEK[HEADER]<0.{HEAD}>)") or {}
            head = next((each for key, each in parts.items() if key.startswith("BODY[HEADER]")), b"")
            return Fetched(head if isinstance(head, bytes) else b"", False, max(size, content.size), received)
        return Fetched(content, True, size, received)

    async def done(self, id: int) -> None:
        wanted = self._wanted
        if wanted.delete:
            await self._delete(id)
            return
        await self._flag(id, "\\Seen")
        if wanted.move_to:
            await self._move(id, wanted.move_to)

    async def failed(self, id: int) -> None:
        if self._wanted.failed_to:
            await self._move(id, self._wanted.failed_to)
        else:
            await self._flag(id, "\\Seen \\Flagged")

    async def wait(self, seconds: float) -> None:
        longest = RENEWAL if "IDLE" in self._session.capabilities else self._wanted.poll
        await self._session.idle(min(seconds, longest))

    def wake(self) -> None:
        self._session.news.set()

    async def _move(self, id: int, target: str) -> None:
        if "MOVE" in self._session.capabilities:
            await self._do(f"move a mail to {target!r}", "UID MOVE", str(id), encoded(target))
            return
        await self._do(f"copy a mail to {target!r}", "UID COPY", str(id), encoded(target))
        await self._delete(id)

    async def _delete(self, id: int) -> None:
        """Where single mails cannot be expunged it stays marked as deleted: others may be marked, too."""
        await self._flag(id, "\\Deleted")
        if "UIDPLUS" in self._session.capabilities:
            await self._do("expunge a mail", "UID EXPUNGE", str(id))

    async def _flag(self, id: int, flags: str) -> None:
        await self._do("mark a mail", "UID STORE", str(id), "+FLAGS.SILENT", f"({flags})")

    async def _fetch(self, id: int, items: str) -> dict[str, Any] | None:
        """What a mail has of each item; None where it is not there any more."""
        for response in await self._do("give a mail", "UID FETCH", str(id), items, wanted=("FETCH",)):
            values = response.values[0] if response.values and isinstance(response.values[0], list) else []
            facts = {
                key.decode("ascii", "replace").upper(): value
                for key, value in zip(values[::2], values[1::2], strict=False)
                if isinstance(key, bytes)
            }
            if _number(facts.get("UID")) == id:
                return facts
        return None

    async def _folders(self, pattern: bytes) -> list[str]:
        found = await self._do("list folders", "LIST", b"", pattern, wanted=("LIST",))
        names = [response.values[-1] for response in found if response.values]
        return [decoded(name) for name in names if isinstance(name, bytes)]

    async def _unknown(self, error: Refusal) -> FlowError:
        name = self._wanted.folder
        near = get_close_matches(name, await self._folders(b"*"), 1, 0.6)
        hint = f": did you mean {near[0]!r}?" if near and near[0] != name else f": {error.text}"
        return FlowError("connector.imap.folder", f"{self._name}: the folder {name!r} cannot be opened{hint}")

    async def _do(self, what: str, *arguments: Argument, wanted: tuple[str, ...] = ()) -> list[Response]:
        try:
            return (await self._session.command(*arguments, wanted=wanted))[0]
        except Refusal as error:
            message = f"{self._name} does not {what}: {error}"
            raise FlowError("connector.imap.rejected", message) from None


_CHARSET = ("CHARSET", "UTF-8")


def _is_beyond_ascii(criteria: tuple[Argument, ...]) -> bool:
    return any(isinstance(each, bytes) and not each.isascii() for each in criteria)


def _number(value: Any) -> int:
    """A number of the protocol; 0 for what is none."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20 else 0
