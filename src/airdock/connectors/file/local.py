"""Files of a folder of this machine. Each operation runs in a thread."""

import asyncio
import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO, TypeVar

from airdock.connectors.errors import unavailable
from airdock.connectors.file.paths import PART, Content, Found, Scan, entry, missing, shown, told, too_many
from airdock.errors import FlowError

T = TypeVar("T")

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
"""What systems say that have no links between files, or none to files of others."""


class LocalFiles:
    """The files below a folder, which links do not lead out of either.

    Attributes:
        root: The folder.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.root = self._root = root
        self.location = str(root)
        self._name = name

    async def check(self) -> None:
        if not await asyncio.to_thread(self._root.is_dir):
            raise unavailable(self._name, f"there is no folder {self._root}")

    async def close(self) -> None:
        pass

    async def read(self, path: str, offset: int, size: int) -> bytes:
        def read(file: Path) -> bytes:
            with file.open("rb") as opened:
                opened.seek(offset)
                return opened.read(size)

        return await self._do(path, read)

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        if isinstance(content, bytes):
            await self._do(path, lambda file: _write(file, content, overwrite))
            return len(content)
        part, opened = await self._beside(path)
        size = 0
        try:
            async for piece in content:
                size += len(piece)
                await self._do(path, lambda file, piece=piece: opened.write(piece))  # type: ignore[misc]
            await self._do(path, lambda file: _finish(part, opened, file, overwrite))
        finally:
            await asyncio.shield(asyncio.to_thread(_discard, part, opened))
        return size

    async def _beside(self, path: str) -> tuple[Path, BinaryIO]:
        """A part to write; it is not left behind by who is cancelled while it is made."""
        making = asyncio.ensure_future(self._do(path, _opened_beside))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(_discard_made)
            raise

    async def append(self, path: str, content: bytes) -> None:
        def append(file: Path) -> None:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("ab") as opened:
                opened.write(content)

        await self._do(path, append)

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> list[dict[str, Any]]:
        def listed(start: Path) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []
            for file in _files(start, recursive):
                if not shown(file.name, pattern):
                    continue
                if (state := _state(file)) is None:
                    continue
                if len(found) == most:
                    raise too_many(folder, most)
                within = file.relative_to(start).as_posix()
                found.append(entry(f"{folder}/{within}" if folder else within, state.st_size, state.st_mtime))
            return sorted(found, key=lambda each: str(each["path"]))

        return await self._do(folder, listed)

    async def scan(self, folder: str, most: int) -> Scan:
        def scanned(start: Path) -> Scan:
            files: list[Found] = []
            folders: list[str] = []
            with os.scandir(start) as found:
                for each in found:
                    path = f"{folder}/{each.name}" if folder else each.name
                    is_folder = each.is_dir(follow_symlinks=False)
                    if not is_folder and (not each.is_file(follow_symlinks=False) or each.name.endswith(PART)):
                        continue
                    if len(files) + len(folders) == most:
                        return Scan(files, folders, whole=False)
                    if is_folder:
                        folders.append(path)
                    elif (state := _state(each)) is not None:
                        files.append(Found(path, state.st_size, state.st_mtime))
            return Scan(files, folders)

        return await self._do(folder, scanned)

    async def stat(self, path: str) -> Found | None:
        def found(file: Path) -> Found | None:
            state = _state(file)
            regular = state is not None and S_ISREG(state.st_mode)
            return Found(path, state.st_size, state.st_mtime) if regular and state is not None else None

        return await self._do(path, found)

    async def exists(self, path: str) -> bool:
        return await self._do(path, Path.exists)

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        def move(file: Path) -> None:
            if not file.is_file():
                raise missing(path)
            with _errors(to):
                target = self._inside(to)
                target.parent.mkdir(parents=True, exist_ok=True)
                _move(file, target, overwrite)

        await self._do(path, move)

    async def delete(self, path: str) -> bool:
        def delete(file: Path) -> bool:
            try:
                file.unlink()
            except FileNotFoundError:
                return False
            return True

        return await self._do(path, delete)

    async def mkdir(self, path: str) -> None:
        await self._do(path, lambda folder: folder.mkdir(parents=True, exist_ok=True))

    async def _do(self, path: str, work: Callable[[Path], T]) -> T:
        def guarded() -> T:
            with _errors(path):
                return work(self._inside(path))

        return await asyncio.to_thread(guarded)

    def _inside(self, path: str) -> Path:
        """Where a file lies, links followed: the folder is as it is now, whoever changed it since."""
        found = (self._root / path).resolve()
        if not found.is_relative_to(self._root.resolve()):
            raise FlowError("connector.file.path", f"{path!r} leads out of the connection's folder by a link")
        return found


def _files(start: Path, recursive: bool) -> Iterator[Path]:
    """The files of a folder; what links lead to is not among them."""
    with os.scandir(start) as found:
        for each in found:
            if each.is_file(follow_symlinks=False):
                yield Path(each.path)
            elif recursive and each.is_dir(follow_symlinks=False):
                yield from _files(Path(each.path), recursive)


def _state(file: "os.DirEntry[str] | Path") -> os.stat_result | None:
    """How a file stands; None for one that went meanwhile."""
    try:
        return file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _opened_beside(file: Path) -> tuple[Path, BinaryIO]:
    """A file in the same folder, with a name of its own, that is written before it is renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.parent / f".{uuid.uuid4().hex}{PART}"
    return part, part.open("xb")


def _write(file: Path, content: bytes, overwrite: bool) -> None:
    part, opened = _opened_beside(file)
    try:
        opened.write(content)
        _finish(part, opened, file, overwrite)
    finally:
        _discard(part, opened)


def _discard_made(making: "asyncio.Future[tuple[Path, BinaryIO]]") -> None:
    if not making.cancelled() and making.exception() is None:
        _discard(*making.result())


def _finish(part: Path, opened: BinaryIO, file: Path, overwrite: bool) -> None:
    opened.flush()
    os.fsync(opened.fileno())
    opened.close()
    _rename(part, file, overwrite)


def _discard(part: Path, opened: BinaryIO) -> None:
    """Leaves nothing behind of a file that was not finished; does nothing to one that was."""
    with suppress(OSError):
        opened.close()
    with suppress(OSError):
        part.unlink(missing_ok=True)


def _move(file: Path, to: Path, overwrite: bool) -> None:
    try:
        _rename(file, to, overwrite)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        before = _version(file)
        _copy(file, to, overwrite)
        if _version(file) != before:
            to.unlink()
            raise OSError(errno.EBUSY, "it was changed while it was moved to another disk") from error
        file.unlink()


def _version(file: Path) -> tuple[int, int, int]:
    state = file.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns


def _rename(file: Path, to: Path, overwrite: bool) -> None:
    if overwrite:
        file.replace(to)
        return
    try:
        # A link is refused where a file is; a rename would replace it.
        os.link(file, to)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        to.open("xb").close()
        file.replace(to)
    else:
        # What somebody put in its place in that very moment is another file, and stays.
        if file.samefile(to):
            file.unlink()


def _copy(file: Path, to: Path, overwrite: bool) -> None:
    """Puts a file on another disk, with the time of its last change."""
    part = to.parent / f".{uuid.uuid4().hex}{PART}"
    try:
        shutil.copy2(file, part)
        with part.open("rb+") as opened:
            os.fsync(opened.fileno())
        _rename(part, to, overwrite)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _errors(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise told(error, path) from error
    except RuntimeError as error:
        raise FlowError("connector.file.path", f"{path!r} is a link to itself") from error
