"""Files that appear whole or not at all, and copies of SQLite files that are in use."""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from airdock.database.backup.errors import BackupError

CHUNK = 1024 * 1024
_COMPANIONS = ("-wal", "-shm", "-journal")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raises what the system raises in the block as a `BackupError`, `backup.file`."""
    try:
        yield
    except OSError as error:
        raise BackupError("backup.file", f"{path} cannot be used: {error.strerror or error}") from error


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone, put in the place of `path` when the block ends well."""
    temporary = _beside(path)
    try:
        with open(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def sqlite_copy(path: Path, beside: Path) -> Iterator[Path]:
    """A copy of a SQLite file as it is at one moment, while others write to it; removed after the block.

    Args:
        beside: A path in the folder of the copy.
    """
    copy = _beside(beside)
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            open(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "rb"),
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        yield copy
    except sqlite3.Error as error:
        raise BackupError("backup.file", f"{path} cannot be copied: {error}") from error
    finally:
        for suffix in ("", *_COMPANIONS):
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def chunks_of(path: Path) -> Iterator[bytes]:
    """The content of a file, in pieces."""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def is_free(path: Path, sha256: str) -> bool:
    """Whether a file can be restored there: there is none, or the same one already, and none that belongs to one."""
    companions = (path.with_name(path.name + suffix) for suffix in _COMPANIONS)
    if any(each.exists() for each in companions):
        return False
    return not path.exists() or _digest(chunks_of(path)) == sha256


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
