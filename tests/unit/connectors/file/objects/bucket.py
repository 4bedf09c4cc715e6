"""A bucket in memory, for servers of tests that speak as stores do."""

import time
from typing import NamedTuple


class Kept(NamedTuple):
    content: bytes
    modified: float
    version: int


class Bucket:
    """Objects by their keys. Each change makes a version of its own."""

    def __init__(self) -> None:
        self.objects: dict[str, Kept] = {}
        self._version = 0

    def put(self, key: str, content: bytes) -> Kept:
        self._version += 1
        self.objects[key] = kept = Kept(content, time.time(), self._version)
        return kept

    def page(self, prefix: str, delimiter: str, start: str, most: int) -> tuple[list[str], list[str], str]:
        """Keys, what others begin with, and the last of both if there is more."""
        keys: list[str] = []
        folders: list[str] = []
        for key in sorted(self.objects):
            if not key.startswith(prefix):
                continue
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            name = prefix + head + cut if cut else key
            if (start and name <= start) or name in folders:
                continue
            if len(keys) + len(folders) == most:
                return keys, folders, max(keys + folders)
            (folders if cut else keys).append(name)
        return keys, folders, ""


def part(content: bytes, wanted: str | None) -> tuple[int, bytes]:
    """The status and the bytes that `Range: bytes=0-9` asks for."""
    if not wanted:
        return 200, content
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if int(first) >= len(content):
        return 416, b""
    return 206, content[int(first) : int(last or len(content)) + 1]
