"""Files of a zip archive, which is only read."""

import asyncio
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar
from zipfile import BadZipFile, ZipFile, ZipInfo

from airdock.connectors.errors import unavailable
from airdock.connectors.file.paths import Content, Found, Scan, entry, inner, missing, shown, too_many
from airdock.deadline import DeadlineError, within
from airdock.errors import FlowError
from airdock.formats.zip import METHODS
from airdock.formats.zip_listing import lists_more

T = TypeVar("T")

_MOST = 100_000
"""Files of the largest archive."""
_READERS = 8
"""Files that are kept open, where reading may go on."""
_PASSWORD = 0x1


Entries = list[dict[str, Any]]


class ZipFiles:
    """The files below a folder of an archive.

    Attributes:
        location: As `Files` has it.
    """

    def __init__(self, archive: Path, root: str, name: str, timeout: float) -> None:
        self.location = f"zip:{archive}!/{root}"
        self._archive = archive
        self._prefix = f"{root}/" if root else ""
        self._name = name
        self._timeout = timeout
        self._lock = asyncio.Lock()
        self._opened: _Opened | None = None

    async def check(self) -> None:
        await self._do(lambda opened: None)

    async def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.to_thread(opened.close)

    async def read(self, path: str, offset: int, size: int) -> bytes:
        def read(opened: "_Opened") -> bytes:
            if path not in opened.files:
                raise missing(path)
            return opened.read(path, offset, size)

        return await self._do(read)

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        raise self._read_only(path)

    async def append(self, path: str, content: bytes) -> None:
        raise self._read_only(path)

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> Entries:
        def listed(opened: "_Opened") -> Entries:
            found = [each for each in opened.below(folder, recursive) if shown(each.path.rpartition("/")[2], pattern)]
            if len(found) > most:
                raise too_many(folder, most)
            return [entry(*each) for each in found]

        return await self._do(listed)

    async def scan(self, folder: str, most: int) -> Scan:
        def scanned(opened: "_Opened") -> Scan:
            files = opened.below(folder, False)
            folders = sorted(each for each in opened.folders if each and each.rpartition("/")[0] == folder)
            whole = len(files) + len(folders) <= most
            return Scan(files[:most], folders[: most - len(files[:most])], whole)

        return await self._do(scanned)

    async def stat(self, path: str) -> Found | None:
        return await self._do(lambda opened: opened.files.get(path))

    async def exists(self, path: str) -> bool:
        return await self._do(lambda opened: path in opened.files or path in opened.folders)

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        raise self._read_only(path)

    async def delete(self, path: str) -> bool:
        raise self._read_only(path)

    async def mkdir(self, path: str) -> None:
        raise self._read_only(path)

    def _read_only(self, path: str) -> FlowError:
        return FlowError("connector.file.denied", f"{path!r}: the archive of {self._name} is only read")

    async def _do(self, work: "Callable[[_Opened], T]") -> T:
        def guarded() -> T:
            try:
                return work(self._current())
            except FlowError:
                raise
            except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
                raise FlowError("connector.failed", f"{self._name}: the archive cannot be read: {error}") from error
            except OSError as error:
                raise unavailable(self._name, f"{self._archive.name}: {error.strerror or error}") from error

        async with self._lock:
            try:
                return await within(self._timeout, asyncio.to_thread(guarded))
            except DeadlineError:
                raise FlowError("connector.timeout", f"{self._name}: reading took {self._timeout:g} s") from None

    def _current(self) -> "_Opened":
        """The archive as it is now; in a thread."""
        state = self._archive.stat()
        sign = (state.st_mtime_ns, state.st_size, state.st_ino)
        if self._opened is None or self._opened.sign != sign:
            old, self._opened = self._opened, None
            if old is not None:
                old.close()
            self._opened = _Opened(self._archive, self._prefix, sign)
        return self._opened


class _Opened:
    """An archive as it was when it was opened.

    Attributes:
        sign: By which it is known from another one. files: By path. folders: With those above them; the root is "".
    """

    def __init__(self, archive: Path, prefix: str, sign: tuple[int, int, int]) -> None:
        self.sign = sign
        self.files: dict[str, Found] = {}
        self.folders: set[str] = {""}
        self._infos: dict[str, ZipInfo] = {}
        self._readers: dict[str, IO[bytes]] = {}
        with archive.open("rb") as file:
            if lists_more(file, _MOST):
                raise FlowError("connector.file.tooMany", f"the archive has more than {_MOST} files")
        self._zip = ZipFile(archive)
        try:
            self._index(prefix)
        except BaseException:
            self._zip.close()
            raise

    def _index(self, prefix: str) -> None:
        for info in self._zip.infolist():
            path = info.filename.removeprefix(prefix)
            if info.filename.startswith(prefix) and _is_path(path.rstrip("/")) and not info.flag_bits & _PASSWORD:
                folder = path.rstrip("/") if info.is_dir() else path.rpartition("/")[0]
                while folder:
                    self.folders.add(folder)
                    folder = folder.rpartition("/")[0]
                if not info.is_dir():
                    self.files[path] = Found(path, info.file_size, _time(info))
                    self._infos[path] = info

    def below(self, folder: str, recursive: bool) -> list[Found]:
        if folder not in self.folders:
            raise missing(folder)
        start = f"{folder}/" if folder else ""
        return [
            self.files[path]
            for path in sorted(self.files)
            if path.startswith(start) and (recursive or "/" not in path[len(start) :])
        ]

    def read(self, path: str, offset: int, size: int) -> bytes:
        """What is read piece by piece is unpacked once: its reader is kept where it stands."""
        info = self._infos[path]
        if info.compress_type not in METHODS:
            message = f"{path!r} is packed in a way that is not read: only files that are deflated, or not packed, are"
            raise FlowError("connector.failed", message)
        reader = self._readers.pop(path, None) or self._zip.open(info)
        if reader.tell() != offset:
            reader.seek(offset)
        content = reader.read(size)
        if len(content) < size:
            reader.close()
            return content
        self._readers[path] = reader
        if len(self._readers) > _READERS:
            self._readers.pop(next(iter(self._readers))).close()
        return content

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
        self._zip.close()


def _is_path(written: str) -> bool:
    try:
        return inner(written) == written
    except FlowError:
        return False


def _time(info: ZipInfo) -> float:
    """An archive has no zone; its times are taken for those of UTC."""
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
