"""Files of a server that has folders, whatever it speaks."""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from airdock.connectors.file.paths import (
    PART,
    Content,
    Found,
    Scan,
    entry,
    existing,
    missing,
    pieces_of,
    shown,
    too_many,
)
from airdock.errors import FlowError

_LONGEST = 1000
"""A path that is longer is not looked into: what the server shows there has no end."""


class Entry(NamedTuple):
    """Something in a folder: a file or, with no size and time that count, a folder. Links are neither."""

    name: str
    folder: bool
    size: int = 0
    modified: float = 0.0


Entries = list[Entry]


class RemoteFiles(ABC):
    """What all servers with folders have in common. Subclasses speak with the server.

    A file is written beside its place under a name of its own and then renamed. Paths are those within the
    connection's folder; errors of a server become those of `Files`.

    Attributes:
        location: As `Files` has it.
    """

    location: str

    @abstractmethod
    async def check(self) -> None: ...

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    async def read(self, path: str, offset: int, size: int) -> bytes: ...

    @abstractmethod
    async def append(self, path: str, content: bytes) -> None: ...

    @abstractmethod
    async def entries(self, folder: str) -> Entries:
        """What a folder has; `connector.file.missing` where there is none."""

    @abstractmethod
    async def look(self, path: str) -> Entry | None:
        """What is at a path; None for nothing."""

    @abstractmethod
    async def upload(self, path: str, pieces: AsyncIterator[bytes]) -> int:
        """Writes a file that nobody else knows yet; how many bytes it has."""

    @abstractmethod
    async def rename(self, path: str, to: str, overwrite: bool) -> None:
        """Gives a file another path in a folder that is there; `connector.file.exists` unless it may `overwrite`."""

    @abstractmethod
    async def remove(self, path: str) -> bool:
        """Deletes a file; whether there was one."""

    @abstractmethod
    async def make(self, folder: str) -> None:
        """Makes one folder in another; does nothing where it is there."""

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        if not overwrite and await self.look(path) is not None:
            raise existing(path)
        part = _beside(path)
        await self._make_above(path)
        try:
            size = await self.upload(part, pieces_of(content))
            await self.rename(part, path, overwrite)
        except BaseException:
            await asyncio.shield(self._discard(part))
            raise
        return size

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            for each in await self._entries_of(current, folder):
                path = f"{current}/{each.name}" if current else each.name
                if each.folder:
                    if recursive and len(path) <= _LONGEST:
                        waiting.append(path)
                elif shown(each.name, pattern):
                    if len(found) == most:
                        raise too_many(folder, most)
                    found.append(entry(path, each.size, each.modified))
        return sorted(found, key=lambda each: str(each["path"]))

    async def scan(self, folder: str, most: int) -> Scan:
        files: list[Found] = []
        folders: list[str] = []
        for each in await self.entries(folder):
            path = f"{folder}/{each.name}" if folder else each.name
            if each.name.endswith(PART):
                continue
            if len(files) + len(folders) == most:
                return Scan(files, folders, whole=False)
            if each.folder:
                folders.append(path)
            else:
                files.append(Found(path, each.size, each.modified))
        return Scan(files, folders)

    async def stat(self, path: str) -> Found | None:
        found = await self.look(path)
        return None if found is None or found.folder else Found(path, found.size, found.modified)

    async def exists(self, path: str) -> bool:
        return await self.look(path) is not None

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        if await self.stat(path) is None:
            raise missing(path)
        if not overwrite and await self.look(to) is not None:
            raise existing(to)
        if to != path:
            await self._make_above(to)
            await self.rename(path, to, overwrite)

    async def delete(self, path: str) -> bool:
        return await self.remove(path)

    async def mkdir(self, path: str) -> None:
        """Makes a folder and those above it; only what is not there costs more than one question."""
        if not path:
            return
        found = await self.look(path)
        if found is None:
            await self.mkdir(path.rpartition("/")[0])
            await self.make(path)
        elif not found.folder:
            raise FlowError("connector.file.denied", f"{path!r} is a file, not a folder")

    async def _make_above(self, path: str) -> None:
        await self.mkdir(path.rpartition("/")[0])

    async def _entries_of(self, folder: str, start: str) -> Entries:
        try:
            return await self.entries(folder)
        except FlowError as error:
            if error.code == "connector.file.missing" and folder != start:
                return []
            raise

    async def _discard(self, part: str) -> None:
        try:
            await self.remove(part)
        except FlowError:
            # What is left is hidden by its name; the error that led here says what went wrong.
            pass


def _beside(path: str) -> str:
    """A name in the same folder that no other writer has."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}.{uuid.uuid4().hex}{PART}"
