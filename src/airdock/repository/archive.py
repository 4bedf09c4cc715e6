"""A project as a zip archive: made so that the same files give the same bytes, and read without trust.

Whoever made an archive may lie in every header. So nothing is taken from one but where contents begin, and contents are
bounded while they are decompressed.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

from airdock.repository.bounds import MAX_FILE, MAX_FILES, MAX_PROJECT, too_large
from airdock.repository.errors import RepositoryError
from airdock.repository.names import check_path, check_together, shown

MAX_RATIO = 200
"""Bytes that one byte of an archive may become; what is beyond is a bomb."""
MAX_ENTRIES = 5 * MAX_FILES
"""Files and folders that an archive may list."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LISTED = b"PK\x01\x02"
"""Begins each entry of the list at the end of an archive."""
_PIECE = 64 * 1024
_IS_ENCRYPTED = 0x1 | 0x40
_IS_UTF_8 = 0x800
_SLACK = 1024 * 1024
"""Bytes below which the ratio does not matter."""


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """An archive of files by path; the same files give the same bytes, and `read_zip` gives them back."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, _EARLIEST)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = _method(files[path])
            archive.writestr(info, files[path])
    return stream.getvalue()


def read_zip(archive: bytes) -> dict[str, bytes]:
    """The files of an archive by path, exactly as they are in it. Folders are passed over.

    Raises:
        RepositoryError: `repository.archive`, it is damaged, encrypted, or holds links and the like;
            `repository.name`, a path that is refused, is there twice, or leads out; `repository.tooLarge`.
    """
    if archive.count(_LISTED) > MAX_ENTRIES:
        raise too_large(f"the archive lists more than {MAX_ENTRIES} files and folders")
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return _Reading(opened, len(archive)).files()
    except _DAMAGED as error:
        raise _refused(f"it cannot be read: {error}") from error


_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,
    OverflowError,
)
"""What the standard library raises for archives that are none, or are cut off or altered."""


class _Reading:
    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._left = min(MAX_PROJECT, _SLACK + MAX_RATIO * size)
        self._is_ratio = self._left < MAX_PROJECT

    def files(self) -> dict[str, bytes]:
        entries = self._archive.infolist()
        for entry in entries:
            check_path(_path(entry))
            _refuse_kind(entry)
        files = [entry for entry in entries if not _is_folder(entry)]
        if len(files) > MAX_FILES:
            raise too_large(f"the archive has {len(files)} files: at most {MAX_FILES} are taken")
        paths = [_path(entry) for entry in files]
        _refuse_twice(paths)
        check_together(paths)
        return {path: self._content(path, entry) for path, entry in zip(paths, files, strict=True)}

    def _content(self, path: str, entry: zipfile.ZipInfo) -> bytes:
        content = bytearray()
        with self._archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                content += piece
                self._left -= len(piece)
                if len(content) > MAX_FILE:
                    raise too_large(f"{shown(path)} has more than {MAX_FILE // 1024**2} MB")
                if self._left < 0:
                    raise too_large(self._beyond())
        return bytes(content)

    def _beyond(self) -> str:
        if self._is_ratio:
            return f"the archive becomes more than {MAX_RATIO} times as large when it is unpacked"
        return f"the files of the archive have more than {MAX_PROJECT // 1024**2} MB together"


def _method(content: bytes) -> int:
    """How a content is packed: not at all where it would look like a bomb."""
    packed = len(zlib.compress(content))
    return zipfile.ZIP_DEFLATED if packed < len(content) <= MAX_RATIO // 2 * packed else zipfile.ZIP_STORED


def _path(entry: zipfile.ZipInfo) -> str:
    """The path as the maker wrote it, without the `/` that marks a folder."""
    path = entry.orig_filename
    if not entry.flag_bits & _IS_UTF_8 and not path.isascii():
        # Read as code page 437, which gives every byte a character; most who leave out the mark write UTF-8.
        try:
            path = path.encode("cp437").decode()
        except UnicodeDecodeError:
            raise _refused(f"the name {shown(path)} is not written in UTF-8") from None
    return path.removesuffix("/")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return entry.orig_filename.endswith("/")


def _refuse_kind(entry: zipfile.ZipInfo) -> None:
    path = _path(entry)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if _is_folder(entry) else stat.S_IFREG):
        raise _refused(f"{shown(path)} is no file: links and devices are not taken")
    if entry.flag_bits & _IS_ENCRYPTED:
        raise _refused(f"{shown(path)} is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(f"{shown(path)} is packed in a way that is not common: use deflate")


def _refuse_twice(paths: list[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise _refused(f"{shown(path)} is in it twice")
        seen.add(path)


def _refused(reason: str) -> RepositoryError:
    return RepositoryError("repository.archive", f"the archive is not taken: {reason}")
