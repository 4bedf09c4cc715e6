"""The declaration of a trigger: what a listener listens to, and what arrives there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Protocol, runtime_checkable

from airdock.errors import AirdockError, FlowError
from airdock.spec.channels import Heard
from airdock.spec.clock import Clock
from airdock.spec.connection import Connecting
from airdock.spec.fields import Spec
from airdock.state import Stores

_CHANNELS = ("topics", "topic", "queue", "subject", "stream", "channel")


class Arrival:
    """Something that arrived: a message, a mail, a file. Sources subclass it with what acknowledges it there.

    Attributes:
        body: Content as bytes or text, which is parsed by its content type; or a value that is the body as it is.
        content_type: Of bytes and text; empty when unknown: bytes are then JSON if they can be read as such.
        headers: The message's headers, names in any case.
        id: By which a duplicate is known, the same at each delivery; empty for none.
        key: Arrivals of one key may be kept in order; empty for none.
        lane: What it is kept in order by in place of the key, such as where it came from; the key if left out.
        about: What else is known, such as topic and partition; the flow sees it as `properties.message`.
        redelivered: It was, or may have been, delivered before.
        fault: Why no run can work it off: it goes to the dead letters at once, with what there is of it. Its code is
            one of those that another attempt does not mend, such as `request.tooLarge`. None where nothing is wrong.
        stays: It stays in hand when the source is lost, which does not give it again then, but when it was released.
        once: The source cannot deliver it again: it stays, too, and if its run has failed it goes to the dead letters
            at the latest when the listener ends. What did not begin by then is lost.
        withdrawn: Set by a source that has given it, or will give it, to somebody else: where it has not begun it is
            not to begin any more, and it is neither accepted nor released.
    """

    __slots__ = (
        "about",
        "body",
        "content_type",
        "fault",
        "headers",
        "id",
        "key",
        "lane",
        "once",
        "redelivered",
        "stays",
        "withdrawn",
    )

    def __init__(
        self,
        body: Any,
        *,
        content_type: str = "",
        headers: dict[str, str] | None = None,
        id: str = "",
        key: str = "",
        about: dict[str, Any] | None = None,
        redelivered: bool = False,
        fault: FlowError | None = None,
        stays: bool = False,
        once: bool = False,
        lane: str = "",
    ) -> None:
        self.body = body
        self.content_type = content_type
        self.headers = headers or {}
        self.id = id
        self.key = key
        self.about = about or {}
        self.redelivered = redelivered
        self.fault = fault
        self.stays = stays or once
        self.once = once
        self.lane = lane or key
        self.withdrawn = False

    async def accept(self) -> None:
        """It was worked off: the source need not deliver it again. Called at most once.

        Raises whatever keeps the source from taking note; the source then delivers it again.
        """

    async def bury(self) -> None:
        """It lies in the dead letters, for the source as good as worked off. In place of `accept`, and raises as that.

        Sources where people see what was not worked off, such as folders, put it elsewhere.
        """
        await self.accept()

    async def release(self) -> None:
        """It was not worked off and goes back, to be delivered again, perhaps elsewhere. In place of `accept`."""

    async def working(self) -> None:
        """Work on it goes on: sources that deliver again after a time begin that time anew."""

    async def reply(self, content: bytes, content_type: str) -> None:
        """Sends the flow's answer to whoever asked, where the message has such an address; else nothing."""


class EndedError(AirdockError):
    """A source says that nothing will come from it any more, why, and what could be done."""


@runtime_checkable
class ReadAhead(Protocol):
    """Arrivals that a source takes from its connection before they are asked for, all of which stay (`Arrival.stays`).

    They are an iterator, whose waits may be cut off, and begun anew; it raises when nothing is left.

    Attributes:
        lost: Set when the connection is lost, though nobody has room for an arrival.
    """

    lost: asyncio.Event

    def left(self) -> list[Arrival]:
        """What came and was not asked for; it is given by this."""


class Source(Protocol):
    """What a listener listens to."""

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        """Connects; the context is entered when the source listens, and gives what arrives, without end.

        A source that loses its connection ends by raising, and is opened anew by who called, with backoff, for ever.
        What was given and neither accepted nor released when the context is left goes back to the source.

        Args:
            prefetch: How many arrivals may be given and not accepted yet.

        Raises:
            FlowError: `connector.unavailable`, `connector.refused` and so on. Any other exception does the same. With
                `details.retryAfter` it is opened again after so many seconds: exactly then where it was open, not
                before where it was not.
            EndedError: it is not opened again until the listener begins anew.
        """


class Troubled:
    """The base of sources that may be unable to do something though they listen."""

    @property
    def trouble(self) -> str:
        """What, for operators; empty for nothing. It is read by any thread."""
        raise NotImplementedError


class Listening(Connecting, Protocol):
    """What a trigger may use of the process in which it listens.

    Attributes:
        name: The listener's, `project/orders.listener`. clock: Time. stores: Where state is kept.
    """

    @property
    def name(self) -> str: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def stores(self) -> Stores: ...


class Trigger(Spec):
    """The `params` of a listener. Subclasses set `trigger` and declare fields.

    The class docstring is the trigger's page in the reference.

    Attributes:
        trigger: The word in the descriptor. requires: The extra of Airdock whose packages it needs; empty for none.
        prefetch: How many arrivals are taken ahead unless the listener says so.
        example: Example `params` for the reference.
    """

    trigger: ClassVar[str] = ""
    requires: ClassVar[str] = ""
    prefetch: ClassVar[int] = 1
    example: ClassVar[dict[str, Any] | None] = None

    def source(self, listening: Listening) -> Source:
        """What is listened to. It connects nothing yet.

        Raises:
            DescriptorError: something that it names does not exist.
        """
        raise NotImplementedError

    def heard(self) -> list[Heard]:
        """What messages come from, for the AsyncAPI document: the values of the fields that are called so."""
        for word in _CHANNELS:
            value = self.values().get(word)
            if value:
                names = value if isinstance(value, list) else [value]
                return [Heard(str(name), word.removesuffix("s")) for name in names]
        return [Heard("")]
