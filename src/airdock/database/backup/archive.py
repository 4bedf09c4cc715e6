"""The file of a backup: a zip whose entries are checked before one of them is used."""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Self

import msgspec

from airdock.database.backup import manifest as manifests
from airdock.database.backup.errors import BackupError
from airdock.database.backup.manifest import EntryInfo, Manifest, read_manifest

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much: rows while a backup is written, bytes while one is read."""

CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 1024 * 1024
_MOST_ENTRIES = 1000
_LONGEST_ROW = 256 * 1024 * 1024
"""Bytes of a row: more than any table may hold in one, and little enough for memory."""


class ArchiveWriter:
    """Writes entries, and notes the size and the digest of each. Closed without `finish`, it writes nothing more."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.entries: dict[str, EntryInfo] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        # Else the zip would try to write its directory, to a disk that may be full.
        self._zip.fp = None

    def add(self, name: str, chunks: Iterator[bytes]) -> None:
        """Writes an entry."""
        digest = hashlib.sha256()
        size = 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            for chunk in chunks:
                entry.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.entries[name] = EntryInfo(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Writes the manifest and the zip's directory."""
        self._zip.writestr(manifests.FILE, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        self._zip.close()


class ArchiveReader:
    """Reads a backup. Every method raises `BackupError`, `backup.damaged`, for what no backup holds.

    No entry's name is used as a path, so none can lead out of a folder.

    Attributes:
        manifest: What the backup says of itself.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        names = [each.filename for each in archive.infolist()]
        # Other ways to compress raise errors of their own.
        plain = all(each.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for each in archive.infolist())
        if len(names) > _MOST_ENTRIES or len(set(names)) != len(names) or manifests.FILE not in names or not plain:
            raise BackupError("backup.damaged", "it is no backup of Airdock")
        self.manifest = read_manifest(self._manifest())
        if {*self.manifest.entries, manifests.FILE} != set(names):
            raise BackupError("backup.damaged", "the files in it are not those that it lists")

    def verify(self, progress: Callable[[int], None]) -> None:
        """Reads everything once, and compares it with the manifest; `progress` is told of each piece's size."""
        for name, entry in self.manifest.entries.items():
            digest = hashlib.sha256()
            for chunk in self.chunks(name):
                digest.update(chunk)
                progress(len(chunk))
            if digest.hexdigest() != entry.sha256:
                raise BackupError("backup.damaged", f"{name} is not what was written")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an entry, in pieces: as long as the manifest says, whatever the zip unpacks to."""
        size = self.manifest.entries[name].size
        with _readable(name), self._zip.open(name) as entry:
            while chunk := entry.read(CHUNK):
                size -= len(chunk)
                if size < 0:
                    break
                yield chunk
        if size != 0:
            raise BackupError("backup.damaged", f"{name} is not as long as the backup says")

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of an entry."""
        with _readable(name), self._zip.open(name) as entry:
            while line := entry.readline(_LONGEST_ROW):
                if not line.endswith(b"\n"):
                    raise BackupError("backup.damaged", f"{name} has a row that is too long or cut off")
                yield line

    def _manifest(self) -> bytes:
        with _readable(manifests.FILE), self._zip.open(manifests.FILE) as entry:
            content = entry.read(_LARGEST_MANIFEST + 1)
        if len(content) > _LARGEST_MANIFEST:
            raise BackupError("backup.damaged", "its manifest is too large")
        return content


@contextmanager
def opened_archive(path: Path) -> Iterator[ArchiveReader]:
    """
    Raises:
        BackupError: `backup.file`, it cannot be read; `backup.damaged`; `backup.newer`.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(open(path, "rb"))
        except OSError as error:
            raise BackupError("backup.file", f"{path} cannot be read: {error.strerror or error}") from error
        with _readable(str(path)):
            archive = stack.enter_context(zipfile.ZipFile(file))
        yield ArchiveReader(archive)


_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for damaged, encrypted and strange files."""


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise BackupError("backup.damaged", f"{name} cannot be unpacked: {error}") from error
