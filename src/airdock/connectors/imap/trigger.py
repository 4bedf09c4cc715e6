from datetime import UTC, datetime, timedelta
from typing import Any

from airdock.connectors.broker.source import BrokerSource
from airdock.connectors.claims import Claims
from airdock.connectors.imap.connection import ImapConnection
from airdock.connectors.imap.folder import Wanted
from airdock.connectors.imap.receiving import Receiver
from airdock.connectors.imap.session import Argument
from airdock.spec.channels import Heard
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Boolean, Duration, Module, Record, Size, Text
from airdock.spec.trigger import Listening, Source, Trigger, Troubled

_FOLDER = Text(r"[^\x00-\x1f\x7f]{1,250}", "the name of a folder as the server writes it")
_SEARCHED = Text(r"[^\x00-\x1f\x7f]{1,200}", "a text in one line")


class MailSearch(Spec):
    """Which mails are taken; one that all fields fit. The server looks for texts anywhere, in capitals or not."""

    from_: str = field(_SEARCHED, "In the sender's name or address.", default="", example="@example.com", name="from")
    to: str = field(_SEARCHED, "In the name or address of a recipient.", default="", example="orders+new@example.com")
    subject: str = field(_SEARCHED, "In the subject.", default="", example="Order")
    text: str = field(_SEARCHED, "In the header or the text.", default="", example="invoice")
    newer_than: float | None = field(
        Duration(), "No older than that when the listener begins, in whole days.", unit="s", example="7d"
    )

    def criteria(self, now: float) -> tuple[Argument, ...]:
        """As arguments of SEARCH."""
        found: list[Argument] = []
        for key, text in (("FROM", self.from_), ("TO", self.to), ("SUBJECT", self.subject), ("TEXT", self.text)):
            found += [key, text.encode()] if text else []
        if self.newer_than is not None:
            since = datetime.fromtimestamp(now, UTC) - timedelta(seconds=self.newer_than)
            month = _MONTHS[since.month - 1]
            found += ["SINCE", f"{since.day}-{month}-{since.year}"]
        return tuple(found)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ImapTrigger(Trigger):
    """Mails that come to a folder of a mailbox.

    The body is the mail, in the shape that the step `mail` takes: `from`, `to`, `cc`, `replyTo`, `subject`, `text`,
    `html`, `attachments` (`filename`, `contentType`, `content` in bytes, `size`, `inline`, and `cid` of a picture that
    the HTML shows), and beside these `fromAddress` (the sender's address alone, in small letters), `date`, `messageId`
    and `headers`. What a mail has not is null or an empty list. `filename` is a name without folders and odd
    characters. A sender can write anything into a mail, `from` included.

    `properties.message` has `folder`, `uid`, `uidValidity`, `size`, `received`, and as `id` the mail's Message-ID: with
    `idempotent` a mail that comes twice is worked off once.

    A mail is fetched without being marked. It is marked as seen, moved or deleted when its run has succeeded; when it
    lies in the dead letters, it is marked as seen and flagged, or moved to `failedTo`. Until then it stays as it is,
    and comes again whatever happens. A mail that is larger than `maxSize` or cannot be read lies in the dead letters at
    once, with its header alone; the mail itself stays in the mailbox.

    The server tells of new mail by IDLE; one that cannot is asked every `poll`. Where several nodes listen, each mail
    is claimed by one of them. When that node dies, another takes the mail within a minute.
    """

    trigger = "imap"
    prefetch = 5
    example = {"connection": "/shop/mailbox.connection", "folder": "Orders", "moveTo": "Orders/Done"}

    connection: str = field(
        Module((".connection",)), "The `imap` connection.", default=REQUIRED, example="/shop/mailbox.connection"
    )
    folder: str = field(_FOLDER, "The folder that is listened to.", default="INBOX", example="Orders")
    unseen: bool = field(
        Boolean(), "Only mails that nobody has seen. If not, the folder is emptied: each mail is moved.", default=True
    )
    search: MailSearch | None = field(Record(MailSearch), "Only these mails.", example={"from": "@example.com"})
    move_to: str = field(
        _FOLDER,
        "The folder to which a mail goes that was worked off; it is made where it is missing.",
        default="",
        example="Done",
    )
    delete: bool = field(Boolean(), "A mail that was worked off is deleted.", default=False)
    failed_to: str = field(
        _FOLDER, "The folder to which a mail goes that lies in the dead letters.", default="", example="Failed"
    )
    max_size: int = field(Size(), "Larger mails are not taken.", default=25 * 1024**2, unit="bytes")
    poll: float = field(
        Duration(), "So often one looks where the server does not tell.", default=60.0, unit="s", example="30s"
    )
    idle: bool = field(Boolean(), "Whether the server is to tell of new mail.", default=True)

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if element.move_to and element.delete:
            broken.append(("delete", "a mail is moved or deleted: leave out `delete` or `moveTo`"))
        if not element.unseen and not (element.failed_to and (element.move_to or element.delete)):
            message = "mails that were seen are found again: give `failedTo`, and `moveTo` or `delete`"
            broken.append(("unseen", message))
        if element.folder in (element.move_to, element.failed_to):
            broken.append(("folder", "mails would be moved to where they are"))
        if element.poll < 1:
            broken.append(("poll", "one looks once in a second at most"))
        return broken

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (ImapConnection,), self.place_of("connection"))
        claims = Claims(listening.stores.durable, f"{listening.name}#mails", listening.clock)
        return MailboxSource(link, Receiver(self.wanted(listening.clock.now()), claims))

    def heard(self) -> list[Heard]:
        return [Heard(self.folder, "folder")]

    def wanted(self, now: float) -> Wanted:
        """What is listened to, as the client takes it."""
        return Wanted(
            folder=self.folder,
            criteria=self.search.criteria(now) if self.search is not None else (),
            unseen=self.unseen,
            move_to=self.move_to,
            delete=self.delete,
            failed_to=self.failed_to,
            max_size=self.max_size,
            poll=self.poll,
            idle=self.idle,
        )


class MailboxSource(BrokerSource, Troubled):
    """A folder of a mailbox."""

    def __init__(self, link: Link, receiver: Receiver) -> None:
        super().__init__(link, receiver)
        self._receiver = receiver

    @property
    def trouble(self) -> str:
        return self._receiver.trouble
