"""A file that arrives."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

from airdock.connectors.file.drop.claims import Claim
from airdock.connectors.file.drop.facts import content_type_of, facts_of, id_of, seen_as
from airdock.connectors.file.drop.memory import Outcome
from airdock.connectors.file.paths import Files, Found
from airdock.errors import FlowError
from airdock.expressions import Expression, render_text
from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival
from airdock.streams import Stream

log = logging.getLogger("airdock.connectors")

PIECE = 256 * 1024
"""Bytes that are read at once."""


class Reading(NamedTuple):
    """How files are read.

    Attributes:
        folder: The one that is listened to. max_size: Bytes of the largest that is read whole. streaming: Files come
            piece by piece, whatever their size. content_type, charset: Of their content; empty for what their names
            say. key: Gives what they are kept in order by.
    """

    folder: str
    max_size: int
    streaming: bool = False
    content_type: str = ""
    charset: str = ""
    key: Expression | None = None


class Taken(NamedTuple):
    """A file that this process has claimed."""

    found: Found
    claim: Claim


class Hands(NamedTuple):
    """What files ask of where they came from.

    Attributes:
        finish: It was worked off, or lies in the dead letters. give_back: It was not. hold: Work on it goes on.
    """

    finish: Callable[[Taken, Outcome], Awaitable[None]]
    give_back: Callable[[Taken], Awaitable[None]]
    hold: Callable[[Taken], Awaitable[None]]


class FileArrival(Arrival):
    """A file whose content is at hand, or cannot be (`fault`)."""

    __slots__ = ("_hands", "_taken")

    def __init__(
        self, taken: Taken, reading: Reading, hands: Hands, content: Any, fault: FlowError | None = None
    ) -> None:
        found = taken.found
        facts = facts_of(found, reading.folder)
        super().__init__(
            content,
            content_type=reading.content_type or content_type_of(facts["name"], reading.charset),
            headers={
                "fileName": facts["name"],
                "path": found.path,
                "size": str(found.size),
                "modified": facts["modified"],
            },
            id=id_of(found),
            key="" if reading.key is None else _key(reading.key, facts),
            about=facts,
            redelivered=taken.claim.again,
            fault=fault,
        )
        self._taken = taken
        self._hands = hands

    async def accept(self) -> None:
        await self._hands.finish(self._taken, "done")

    async def bury(self) -> None:
        await self._hands.finish(self._taken, "failed")

    async def release(self) -> None:
        await self._hands.give_back(self._taken)

    async def working(self) -> None:
        await self._hands.hold(self._taken)


class StreamedFile(FileArrival):
    """A file that comes piece by piece, for each attempt from its beginning."""

    __slots__ = ("_link",)

    def __init__(self, taken: Taken, reading: Reading, hands: Hands, link: Link) -> None:
        self._link = link
        super().__init__(taken, reading, hands, None)

    @property
    def body(self) -> Any:
        return Stream(_pieces(self._link, self._taken.found))

    @body.setter
    def body(self, value: Any) -> None:
        """It is in the folder."""


async def read(files: Files, taken: Taken, reading: Reading, hands: Hands) -> FileArrival | None:
    """A file with its content; None where it is another one now, or gone.

    Raises:
        FlowError: it cannot be read.
    """
    found = taken.found
    if found.size > reading.max_size:
        message = (
            f"{found.path!r} has {found.size} bytes, more than the {reading.max_size} that `maxSize` allows: raise it, "
            "or read files by `streaming`"
        )
        return FileArrival(taken, reading, hands, None, FlowError("request.tooLarge", message))
    content = await files.read(found.path, 0, reading.max_size + 1)
    if await files.stat(found.path) != found:
        return None
    return FileArrival(taken, reading, hands, content)


def _key(expression: Expression, facts: dict[str, Any]) -> str:
    """What a file is kept in order by; a value that is none is no key."""
    try:
        return render_text(expression.evaluate(seen_as(facts)))
    except FlowError as error:
        # Its name is not what the author thought of: such files are in no order, and none is lost by it.
        log.warning("%r has no key: %s", facts["path"], error)
        return ""


async def _pieces(link: Link, found: Found) -> AsyncIterator[bytes]:
    offset = 0
    while True:
        async with link.use() as files:
            piece = await files.read(found.path, offset, PIECE)
            if not piece and await files.stat(found.path) != found:
                raise FlowError("connector.file.changed", f"{found.path!r} was changed while it was read")
        if not piece:
            return
        yield piece
        offset += len(piece)
