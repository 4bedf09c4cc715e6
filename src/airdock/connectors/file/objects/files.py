"""Objects as files: keys are paths, and a folder is what keys begin with."""

from collections.abc import AsyncIterator
from typing import Any

from airdock.connectors.file.objects.objects import ABSENT, ANY, Head, Objects
from airdock.connectors.file.paths import Content, Found, Scan, entry, existing, inner, missing, shown, too_many
from airdock.connectors.file.spool import spooled
from airdock.errors import FlowError

_APPENDED = 64 * 1024**2
"""Bytes of the largest object that is appended to: it is read, and put again as a whole."""
_ATTEMPTS = 10
"""How often that is tried, while others do the same."""
_PAGE = 1000


class ObjectFiles:
    """The objects of a bucket whose keys begin with a prefix.

    Attributes:
        location: As `Files` has it.
    """

    def __init__(self, objects: Objects, root: str) -> None:
        """`root` is a path as `inner` gives it; empty for all of the bucket."""
        self._objects = objects
        self._prefix = f"{root}/" if root else ""
        self.location = f"{objects.location}/{self._prefix}"

    async def check(self) -> None:
        await self._objects.check(self._prefix)

    async def close(self) -> None:
        await self._objects.close()

    async def read(self, path: str, offset: int, size: int) -> bytes:
        found = await self._objects.get(self._prefix + path, offset, size)
        if found is None:
            raise missing(path)
        return found

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        async with spooled(content) as whole:
            if not await self._objects.put(self._prefix + path, whole, ANY if overwrite else ABSENT):
                raise existing(path)
            return whole.size

    async def append(self, path: str, content: bytes) -> None:
        """Puts the object anew with more behind it; what another one puts meanwhile is not lost."""
        key = self._prefix + path
        for _ in range(_ATTEMPTS):
            head = await self._objects.head(key)
            before: bytes | None = b""
            if head is not None:
                if head.size + len(content) > _APPENDED:
                    message = f"{path!r} is an object that would be larger than 64 MB, and is put anew to append to it"
                    raise FlowError("connector.file.tooLarge", message)
                before = await self._objects.get(key, 0, head.size)
            if before is None:
                continue
            async with spooled(before + content) as whole:
                if await self._objects.put(key, whole, ABSENT if head is None else head.version):
                    return
        raise FlowError("connector.file.denied", f"{path!r} is changed by others all the time")

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async for each in self._below(folder, "" if recursive else "/"):
            path = self._path(each.key)
            if path and shown(path.rpartition("/")[2], pattern):
                if len(found) == most:
                    raise too_many(folder, most)
                found.append(entry(path, each.size, each.modified))
        return sorted(found, key=lambda each: str(each["path"]))

    async def scan(self, folder: str, most: int) -> Scan:
        files: list[Found] = []
        folders: list[str] = []
        more = ""
        while True:
            page = await self._objects.page(self._prefix_of(folder), "/", more, _PAGE)
            for each in page.heads:
                if path := self._path(each.key):
                    files.append(Found(path, each.size, each.modified))
            folders += [path for each in page.folders if (path := self._path(each[:-1]))]
            if len(files) + len(folders) > most:
                files = files[:most]
                return Scan(files, folders[: most - len(files)], whole=False)
            more = page.more
            if not more:
                return Scan(files, folders)

    async def stat(self, path: str) -> Found | None:
        head = await self._objects.head(self._prefix + path) if path else None
        return None if head is None else Found(path, head.size, head.modified)

    async def exists(self, path: str) -> bool:
        if not path or await self.stat(path) is not None:
            return True
        page = await self._objects.page(self._prefix_of(path), "", "", 1)
        return bool(page.heads)

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        """Copies, then deletes: who looks in between sees both."""
        if await self.stat(path) is None:
            raise missing(path)
        if not overwrite and await self.stat(to) is not None:
            raise existing(to)
        if path == to:
            return
        if not await self._objects.copy(self._prefix + path, self._prefix + to, ANY if overwrite else ABSENT):
            raise existing(to)
        await self._objects.delete(self._prefix + path)

    async def delete(self, path: str) -> bool:
        there = await self.stat(path) is not None
        if there:
            await self._objects.delete(self._prefix + path)
        return there

    async def mkdir(self, path: str) -> None:
        """Puts an empty object whose key ends with a slash, as consoles of such stores do."""
        if path:
            async with spooled(b"") as nothing:
                await self._objects.put(self._prefix_of(path), nothing, ANY)

    async def _below(self, folder: str, delimiter: str) -> AsyncIterator[Head]:
        more = ""
        while True:
            page = await self._objects.page(self._prefix_of(folder), delimiter, more, _PAGE)
            for head in page.heads:
                yield head
            more = page.more
            if not more:
                return

    def _prefix_of(self, folder: str) -> str:
        return f"{self._prefix}{folder}/" if folder else self._prefix

    def _path(self, key: str) -> str:
        """The path that a key has; empty for one that no path can name, as that of a folder's own object."""
        path = key.removeprefix(self._prefix)
        try:
            return path if inner(path) == path else ""
        except FlowError:
            return ""
