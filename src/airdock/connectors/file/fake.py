"""Files in memory."""

import time
from typing import Any

from airdock.connectors.file.paths import Content, Found, Scan, entry, existing, missing, shown, together, too_many


class FakeFiles:
    """Files that last as long as the object.

    Attributes:
        files: What each holds, and when it was written.
    """

    location = "memory"

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, float]] = {}
        self._folders: set[str] = {""}

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def read(self, path: str, offset: int, size: int) -> bytes:
        return self._content(path)[offset : offset + size]

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        whole = await together(content)
        if not overwrite and path in self.files:
            raise existing(path)
        self._put(path, whole)
        return len(whole)

    async def append(self, path: str, content: bytes) -> None:
        self._put(path, self.files.get(path, (b"", 0.0))[0] + content)

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> list[dict[str, Any]]:
        if folder not in self._folders:
            raise missing(folder)
        start = f"{folder}/" if folder else ""
        paths = [each for each in sorted(self.files) if each.startswith(start)]
        found = [
            entry(each, len(self.files[each][0]), self.files[each][1])
            for each in paths
            if (recursive or "/" not in each[len(start) :]) and shown(each.rpartition("/")[2], pattern)
        ]
        if len(found) > most:
            raise too_many(folder, most)
        return found

    async def scan(self, folder: str, most: int) -> Scan:
        if folder not in self._folders:
            raise missing(folder)
        files = [
            Found(path, len(content), modified)
            for path, (content, modified) in self.files.items()
            if path.rpartition("/")[0] == folder
        ]
        folders = sorted(each for each in self._folders if each and each.rpartition("/")[0] == folder)
        whole = len(files) + len(folders) <= most
        return Scan(files[:most], folders[: most - len(files[:most])], whole)

    async def stat(self, path: str) -> Found | None:
        if path not in self.files:
            return None
        content, modified = self.files[path]
        return Found(path, len(content), modified)

    async def exists(self, path: str) -> bool:
        return path in self.files or path in self._folders

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        content = self._content(path)
        await self.write(to, content, overwrite)
        if to != path:
            del self.files[path]

    async def delete(self, path: str) -> bool:
        return self.files.pop(path, None) is not None

    async def mkdir(self, path: str) -> None:
        while path:
            self._folders.add(path)
            path = path.rpartition("/")[0]

    def _content(self, path: str) -> bytes:
        if path not in self.files:
            raise missing(path)
        return self.files[path][0]

    def _put(self, path: str, content: bytes) -> None:
        self.files[path] = (content, time.time())
        folder = path.rpartition("/")[0]
        while folder:
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]
