"""Zip archives."""

import io
import zipfile
import zlib
from fnmatch import fnmatchcase
from typing import Any

from airdock.formats.format import (
    ContentError,
    Format,
    Read,
    ReadFile,
    Reading,
    TooLargeError,
    UnwritableError,
    Write,
    Writing,
)
from airdock.formats.text import TEXT_CHARSET, bytes_of, charset_field, check_charset, content_of, kind_of, text_of
from airdock.formats.zip_listing import lists_more
from airdock.spec.fields import field
from airdock.spec.kinds import Integer, ListOf, Size, Text

TYPE = "application/zip"
_PIECE = 64 * 1024
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that are unpacked piece by piece; the library unpacks others without bounds."""


class ZipReading(Reading):
    """A zip archive becomes the list of its files: objects with `name`, `modified` and `content`, which is bytes.

    Folders are left out. An archive with a password, or with a name that leads out of it (`../x`, `/x`), is an error.
    """

    slow = True

    only: list[str] = field(
        ListOf(Text(".+", "a glob")), "Globs of the names to read; all if left out.", default=[], example=["*.csv"]
    )
    charset: str = charset_field(TEXT_CHARSET)
    max_entries: int = field(Integer(1, 100_000), "There may be so many files.", default=1000)
    max_size: int = field(
        Size(), "More than this may not come out, of all files together.", default=64 * 1024**2, unit="bytes"
    )

    def compile(self, file: ReadFile) -> Read:
        def read(data: str | bytes, content_type: str) -> list[dict[str, Any]]:
            archive = open_archive(bytes_of(data), self.max_entries)
            left = self.max_size
            files = []
            for entry in archive.infolist():
                if entry.is_dir() or (self.only and not any(fnmatchcase(entry.filename, each) for each in self.only)):
                    continue
                content = content_within(archive, entry, left, self.max_size)
                left -= len(content)
                files.append(
                    {
                        "name": _checked(entry.filename),
                        "modified": "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*entry.date_time),
                        "content": text_of(content, "", self.charset) if self.charset else content,
                    }
                )
            return files

        return read

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


def open_archive(data: bytes, most: int) -> zipfile.ZipFile:
    """An archive, read from its bytes.

    Raises:
        ContentError: it is none. TooLargeError: it has more than `most` entries.
    """
    archive = io.BytesIO(data)
    if lists_more(archive, most):
        raise TooLargeError(f"it has more than `maxEntries`, {most} files")
    try:
        return zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        raise ContentError(str(error)) from error


def content_within(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, limit: int) -> bytes:
    """What an entry holds, whatever the archive says of its size.

    Raises:
        ContentError: it cannot be unpacked. TooLargeError: it is more than what is `left` of the limit.
    """
    if entry.flag_bits & 1 or entry.compress_type not in METHODS:
        why = "has a password" if entry.flag_bits & 1 else "is packed in a way that is not read"
        raise ContentError(f"the file {entry.filename!r:.80} {why}")
    whole = bytearray()
    try:
        with archive.open(entry) as packed:
            while piece := packed.read(_PIECE):
                whole += piece
                if len(whole) > left:
                    raise TooLargeError(f"more than `maxSize`, {limit} bytes, comes out")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise ContentError(f"the file {entry.filename!r:.80}: {error}") from error
    return bytes(whole)


def _checked(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in name:
        raise ContentError(f"the name {name!r:.80} leads out of the archive")
    return name


class ZipWriting(Writing):
    """Files become a zip archive of type `application/zip`; the same files give the same bytes.

    The files are a list of objects with `name` and `content`, a text (as UTF-8) or bytes, or an object of contents by
    their names.
    """

    slow = True

    level: int = field(Integer(0, 9), "How hard it packs: 1 is fast, 9 is small, 0 does not pack.", default=6)

    def compile(self, file: ReadFile) -> Write:
        method = zipfile.ZIP_DEFLATED if self.level else zipfile.ZIP_STORED

        def write(value: Any) -> tuple[bytes, str]:
            out = io.BytesIO()
            seen: set[str] = set()
            with zipfile.ZipFile(out, "w", method, compresslevel=self.level) as archive:
                for name, content in _files(value):
                    try:
                        name.encode()
                        _checked(name)
                    except (ContentError, UnicodeError) as error:
                        raise UnwritableError(f"a file cannot be called {name!r:.80}: {error}") from error
                    if name in seen or not name:
                        raise UnwritableError(f"two files are called {name!r:.80}" if name else "a file has no name")
                    seen.add(name)
                    entry = zipfile.ZipInfo(name)
                    entry.compress_type = method
                    archive.writestr(entry, content_of(content, "zip"))
            return out.getvalue(), TYPE

        return write


def _files(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(str(name), content) for name, content in value.items()]
    if not isinstance(value, list | tuple):
        raise UnwritableError(f"the files are a list or an object, not {kind_of(value)}")
    files = []
    for number, each in enumerate(value):
        if not isinstance(each, dict) or not isinstance(each.get("name"), str) or "content" not in each:
            raise UnwritableError(f"file {number} is not an object with `name` and `content`")
        files.append((each["name"], each["content"]))
    return files


FORMAT = Format("zip", ZipReading, ZipWriting)
