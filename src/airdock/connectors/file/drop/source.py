"""The source of a drop folder."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from airdock.connectors.file.drop.arrival import Reading
from airdock.connectors.file.drop.claims import Claims
from airdock.connectors.file.drop.finishing import Finishing, Way
from airdock.connectors.file.drop.memory import Memory, Outcome
from airdock.connectors.file.drop.selection import Selection
from airdock.connectors.file.drop.sightings import Sightings
from airdock.connectors.file.drop.trouble import Trouble
from airdock.connectors.file.drop.visit import Shared, Visit
from airdock.connectors.file.drop.watching import watched
from airdock.connectors.file.local import LocalFiles
from airdock.connectors.file.paths import Files, Found
from airdock.spec.connection import Link
from airdock.spec.trigger import Arrival, Listening, Troubled


class Wanted(NamedTuple):
    """What a listener wants of a folder.

    Attributes:
        selection: Which files. reading: How they are read. ways: What becomes of them.
        marker: Gives the name of the file that says that another one is whole; None where there are no such files.
        settle, min_age: Seconds for which a file must not have changed, and since its last change.
        delay: Seconds between two looks. by_time: In the order of their last changes, else of their paths.
        most: So many at one look; 0 for all.
    """

    selection: Selection
    reading: Reading
    ways: dict[Outcome, Way]
    marker: Callable[[Found], str] | None = None
    settle: float = 1.0
    min_age: float = 0.0
    delay: float = 1.0
    by_time: bool = False
    most: int = 0


class FileSource(Troubled):
    """Listens to a folder: looks at it again and again, and gives the files that are whole, one by one."""

    def __init__(self, link: Link, wanted: Wanted, listening: Listening) -> None:
        clock, folder = listening.clock, wanted.selection.folder
        self._link = link
        self._wanted = wanted
        self._clock = clock
        self._store = listening.stores.durable
        memory = Memory(self._store, clock, listening.name)
        trouble = Trouble(link.path, clock)
        finishing = Finishing(link, folder, wanted.ways, wanted.marker, memory, trouble, clock)
        self._shared = Shared(memory, finishing, Sightings(wanted.settle, wanted.min_age), trouble)

    @property
    def trouble(self) -> str:
        """What it cannot do though it listens; empty for nothing."""
        return self._shared.trouble.text

    def open(self, prefetch: int) -> AbstractAsyncContextManager[AsyncIterator[Arrival]]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[AsyncIterator[Arrival]]:
        selection = self._wanted.selection
        async with self._link.use() as files:
            await self._shared.memory.recall()
            claims = Claims(self._store, self._clock, files.location)
            visit = Visit(self._link, files, self._wanted, self._shared, claims, self._clock)
            await visit.look()
            async with watched(_here(files, selection.folder), selection.recursive, visit.wake):
                try:
                    yield visit
                finally:
                    await visit.close()


def _here(files: Files, folder: str) -> Path | None:
    """Where a folder lies on this machine."""
    return files.root / folder if isinstance(files, LocalFiles) else None
