"""A folder as the registry: which files there are, at which registry path, and what they hold."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from typing import NamedTuple, TypeVar

from airdock.agent.content import Content, Entry, Snapshot
from airdock.agent.paths import is_passed_over, is_served, project_of, registry_path
from airdock.descriptor.reader import kind_of

MAX_FILE = 4 * 1024 * 1024
Value = TypeVar("Value")


class Stamp(NamedTuple):
    """Tells whether a file changed."""

    modified_ns: int
    size: int
    inode: int


class Found(NamedTuple):
    """A file of the registry.

    Attributes:
        path: Path in the registry, `project/orders.flow`. kind: Kind of descriptor; None for a script.
        file: Where it is. stamp: How it was when it was found.
    """

    path: str
    kind: str | None
    file: Path
    stamp: Stamp


class UnreadableFileError(ValueError):
    """A file of the registry cannot be read. The message says why; `code` is that of the problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FolderSource:
    """A folder that holds projects (and flows at its root).

    The folders of `TYPE_FOLDERS` directly inside a project are not part of a registry path. Hidden files and folders,
    `__pycache__` and `node_modules` are passed over, and so are links that lead out of the folder, pipes, sockets,
    devices, and names that are not text.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._files: dict[str, Path] = {}
        self.doubles: dict[str, list[Path]] = {}
        """Registry paths that more than one file claims; none of these files is in the registry."""
        self.refused: dict[str, str] = {}
        """Descriptors that are passed over, and folders, by their path in this folder; and why."""

    def scan(self) -> dict[str, Found]:
        """Every descriptor and script by registry path, as the folder is now."""
        self.refused = {}
        claims: dict[str, list[Found]] = {}
        for found in self._walk():
            claims.setdefault(found.path, []).append(found)
        self.doubles = {path: [each.file for each in found] for path, found in claims.items() if len(found) > 1}
        files = {path: found[0] for path, found in sorted(claims.items()) if len(found) == 1}
        self._files = {path: found.file for path, found in files.items()}
        return files

    @property
    def name(self) -> str:
        return str(self.root)

    @property
    def root_name(self) -> str:
        return self.root.name

    def snapshot(self) -> Snapshot:
        """The folder as it is now; its projects are the folders in it."""
        entries: dict[str, dict[str, Entry]] = {}
        for path, found in self.scan().items():
            shown = found.file.relative_to(self.root).as_posix()
            entries.setdefault(project_of(path), {})[path] = Entry(path, found.kind, shown, found.stamp)
        doubles = self._by_project(
            {
                path: tuple(file.relative_to(self.root).as_posix() for file in files)
                for path, files in self.doubles.items()
            }
        )
        refused = self._by_project(self.refused)
        return Snapshot(
            {
                name: Content(
                    entries.get(name, {}), self.read, doubles=doubles.get(name, {}), refused=refused.get(name, {})
                )
                for name in sorted(entries.keys() | doubles.keys() | refused.keys())
            }
        )

    def settle(self) -> None:
        """Nothing is kept."""

    def _by_project(self, found: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
        parts: dict[str, dict[str, Value]] = {}
        for path, value in found.items():
            parts.setdefault(project_of(path), {})[path] = value
        return parts

    def read(self, path: str) -> bytes | None:
        """What the file at a registry path holds; None when there is none (any more).

        Raises:
            UnreadableFileError: the file is larger than `MAX_FILE`, or the system does not let it be read.
        """
        file = self._files.get(path)
        if file is None:
            return None
        try:
            with open(self._open(file), "rb") as stream:
                content = stream.read(MAX_FILE + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            # Its own text names the file by its whole path, which callers of a flow need not know.
            reason = os.strerror(error.errno) if error.errno else "the system refuses"
            raise UnreadableFileError("descriptor.unreadable", f"{self.shown(path)}: {reason}") from error
        if len(content) > MAX_FILE:
            message = f"{self.shown(path)} is larger than {MAX_FILE} bytes"
            raise UnreadableFileError("descriptor.tooLarge", message)
        return content

    def _open(self, file: Path) -> int:
        """Opens a regular file inside the folder, whatever was put in its place since it was found.

        Raises:
            OSError: there is none.
        """
        try:
            real = file.resolve()
        except RuntimeError as error:  # links in a circle
            raise FileNotFoundError from error
        if real == self.root or not real.is_relative_to(self.root):
            raise FileNotFoundError
        parts = real.relative_to(self.root).parts
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                outer, folder = folder, os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                os.close(outer)
            # A pipe would wait for a writer.
            opened = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
        if S_ISREG(os.fstat(opened).st_mode):
            return opened
        os.close(opened)
        raise FileNotFoundError

    def shown(self, path: str) -> str:
        """The file of a registry path as its author knows it, relative to the folder."""
        file = self._files.get(path)
        return path if file is None else file.relative_to(self.root).as_posix()

    def concerns(self, file: str) -> bool:
        """Whether a change of that file or folder may change the registry."""
        *folders, name = Path(file).relative_to(self.root).parts or ("",)
        return not any(map(is_passed_over, (*folders, name))) and ("." not in name or is_served(name))

    def _walk(self) -> Iterator[Found]:
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not is_passed_over(name) and self._is_text(folder, name))
            for name in sorted(names):
                if name.startswith(".") or not is_served(name) or not self._is_text(folder, name):
                    continue
                found = self._found(Path(folder, name))
                if found is not None:
                    yield found

    def _is_text(self, folder: str, name: str) -> bool:
        """Whether an address can hold the name."""
        try:
            name.encode()
        except UnicodeEncodeError:
            self._refuse(Path(folder, name), "its name is not UTF-8 text")
            return False
        return True

    def _found(self, file: Path) -> Found | None:
        path = registry_path(file.relative_to(self.root).as_posix())
        kind = kind_of(path)
        try:
            status = _status(file, self.root)
        except UnreadableFileError as error:
            if kind is not None:
                self._refuse(file, str(error))
            return None
        except OSError:  # it went away meanwhile
            return None
        return Found(path, kind, file, Stamp(status.st_mtime_ns, status.st_size, status.st_ino))

    def _refuse(self, file: Path, reason: str) -> None:
        name = os.fsencode(file.relative_to(self.root)).decode("utf-8", "backslashreplace")
        self.refused[name] = reason


def _status(file: Path, root: Path) -> os.stat_result:
    """The status of a regular file, links followed as long as they stay in the folder.

    Raises:
        UnreadableFileError: it is none. OSError: there is nothing any more.
    """
    status = file.lstat()
    if S_ISLNK(status.st_mode):
        try:
            inside = file.resolve().is_relative_to(root)
            status = file.stat()
        except (OSError, RuntimeError):
            raise UnreadableFileError("descriptor.unreadable", "it is a link that leads nowhere") from None
        if not inside:
            raise UnreadableFileError("descriptor.unreadable", "it is a link that leads out of the folder")
    if not S_ISREG(status.st_mode):
        raise UnreadableFileError("descriptor.unreadable", "it is no file")
    return status
