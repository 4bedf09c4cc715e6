"""The list of a project's files: which content each path has. Like a blob it is named by what it holds."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping

import msgspec


class FileInfo(msgspec.Struct, frozen=True, array_like=True):
    """A file: `size` in bytes; `etag` names its content, and is the id of the blob that holds it."""

    path: str
    size: int
    etag: str


Manifest = Mapping[str, FileInfo]
"""The files of a project by path."""

_decoder = msgspec.json.Decoder(list[FileInfo])
_encoder = msgspec.json.Encoder()


def blob_id(content: bytes) -> str:
    """The name of a content: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def manifest_of(files: Mapping[str, bytes]) -> dict[str, FileInfo]:
    """The manifest of files that are at hand."""
    return {path: FileInfo(path, len(content), blob_id(content)) for path, content in files.items()}


def by_path(files: Iterable[FileInfo]) -> dict[str, FileInfo]:
    return {file.path: file for file in files}


def encode(manifest: Manifest) -> tuple[str, bytes]:
    """The id of a manifest, and how it is stored. The same files have the same id."""
    text = _encoder.encode([manifest[path] for path in sorted(manifest)])
    return blob_id(text), zlib.compress(text)


def decode(stored: bytes) -> dict[str, FileInfo]:
    """The manifest that `encode` stored."""
    return by_path(_decoder.decode(zlib.decompress(stored)))
