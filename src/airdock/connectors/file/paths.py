"""Paths within a connection's folder, as authors and messages write them."""

import errno
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol

from airdock.errors import FlowError
from airdock.spec.connection import Client

PART = ".airdock-part"
"""How the names end that files have while they are written."""

_LONGEST = 1000


Content = bytes | AsyncIterator[bytes]
"""What is written: bytes, or pieces that need never be in memory together."""


class Found(NamedTuple):
    """A file as it stands: its path, bytes, and Unix time of its last change, as exactly as its store tells."""

    path: str
    size: int
    modified: float


class Scan(NamedTuple):
    """What a folder has, in no order.

    Attributes:
        files: Its files, but for those that are being written by `write`. folders: The paths of those in it.
        whole: That is all; else there is more than was asked for.
    """

    files: list[Found]
    folders: list[str]
    whole: bool = True


class Files(Client, Protocol):
    """The files of a connection. Paths are those that `inner` gives.

    What is missing is `connector.file.missing`; what the system does not let one do is `connector.file.denied`.

    Attributes:
        location: Names the folder, whatever connection reaches it; without credentials.
    """

    location: str

    async def read(self, path: str, offset: int, size: int) -> bytes:
        """At most so many bytes from there on; fewer, or none, only at the end."""

    async def write(self, path: str, content: Content, overwrite: bool) -> int:
        """Puts a file there, with the folders above it; how many bytes it has.

        Who reads it meanwhile sees all of the old one or of the new. Where pieces end by an error, nothing is put
        there. Of several that may not overwrite, one alone makes the file: as a lock does.

        Raises:
            FlowError: `connector.file.exists`, unless it may `overwrite`; `connector.file.full`.
        """

    async def append(self, path: str, content: bytes) -> None:
        """Adds to a file, which is made if it is not there."""

    async def list(self, folder: str, pattern: str, recursive: bool, most: int) -> list[dict[str, Any]]:
        """The files of a folder by their paths, in order; their names match a glob.

        Raises:
            FlowError: `connector.file.tooMany`, there are more.
        """

    async def scan(self, folder: str, most: int) -> Scan:
        """At most so many of the files and folders in a folder, but not of what is in those. What links lead to is
        left out, and what goes meanwhile."""

    async def stat(self, path: str) -> Found | None:
        """How a file stands; None when there is none, or a folder."""

    async def exists(self, path: str) -> bool:
        """Whether there is a file or a folder."""

    async def move(self, path: str, to: str, overwrite: bool) -> None:
        """Gives a file another path at once, with the folders above it.

        Raises:
            FlowError: `connector.file.exists`, unless it may `overwrite`.
        """

    async def delete(self, path: str) -> bool:
        """Deletes a file; whether there was one."""

    async def mkdir(self, path: str) -> None:
        """Makes a folder and those above it, unless they are there."""


def inner(written: str) -> str:
    """A path within the folder, `in/a.csv`; empty for the folder itself.

    Raises:
        FlowError: `connector.file.path`, it leads out, or no file can be called so.
    """
    parts = written.strip("/").split("/") if written.strip("/") else []
    bad = len(written) > _LONGEST or "\\" in written or any(ord(each) < 32 or ord(each) == 127 for each in written)
    if bad or any(part in ("", ".", "..") or len(part.encode("utf-8", "replace")) > 200 for part in parts):
        raise FlowError("connector.file.path", f"{written[:200]!r} is no path of a file in the connection's folder")
    return "/".join(parts)


def entry(path: str, size: int, modified: float) -> dict[str, Any]:
    """What `list` tells of a file."""
    when = datetime.fromtimestamp(modified, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"path": path, "name": path.rpartition("/")[2], "size": size, "modified": when}


def shown(name: str, pattern: str) -> bool:
    """Whether `list` has a file of that name."""
    return not name.endswith(PART) and fnmatchcase(name, pattern)


def missing(path: str) -> FlowError:
    return FlowError("connector.file.missing", f"there is no file {path!r}")


def existing(path: str) -> FlowError:
    return FlowError("connector.file.exists", f"there is a file {path!r} already")


def too_many(folder: str, most: int) -> FlowError:
    return FlowError("connector.file.tooMany", f"the folder {folder or '/'!r} has more than {most} files")


def told(error: OSError, path: str) -> FlowError:
    """An error of the system as authors know it."""
    if isinstance(error, FileNotFoundError):
        return missing(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return FlowError("connector.file.full", f"there is no room for {path!r}: {error.strerror}")
    if isinstance(error, FileExistsError):
        return existing(path)
    return FlowError("connector.file.denied", f"{path!r}: {error.strerror or error}")


async def pieces_of(content: Content) -> AsyncIterator[bytes]:
    """What is written, piece by piece."""
    if isinstance(content, bytes):
        yield content
    else:
        async for piece in content:
            yield piece


async def together(content: Content) -> bytes:
    """All of what is written."""
    return content if isinstance(content, bytes) else b"".join([piece async for piece in content])
