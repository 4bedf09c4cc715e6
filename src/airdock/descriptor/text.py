"""From bytes to the text of a file."""

import re

from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.tree import Source
from airdock.errors import Place

_SURROGATE = re.compile("[\ud800-\udfff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def decode(content: str | bytes, file: str, largest: int, problems: Problems) -> Source:
    """The text of a file of at most `largest` bytes.

    Raises:
        Unreadable: too large, not UTF-8, or with a byte order mark; the problem was noted.
    """
    start = Place(file, 1, 1)
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "surrogatepass"))
    if size > largest:
        problems.add("descriptor.tooLarge", f"the file has {size:,} bytes; {largest:,} are allowed", start)
        raise Unreadable
    text = content if isinstance(content, str) else _text(content, file, problems)
    if text.startswith("\ufeff"):
        advice = "save it as UTF-8 without BOM"
        problems.add("descriptor.encoding", "the file begins with a byte order mark", start, advice)
        raise Unreadable
    source = Source(file, text)
    half = _SURROGATE.search(text)
    if half is not None:
        problems.add("descriptor.encoding", "this is one half of a character", source.place(half.start()))
        raise Unreadable
    return source


def _text(content: bytes, file: str, problems: Problems) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        byte = content[error.start]
    if content.startswith(_UTF16):
        problems.add("descriptor.encoding", "the file is UTF-16 text", Place(file, 1, 1), "save it as UTF-8")
    else:
        place = Source(file, before).place(len(before))
        problems.add("descriptor.encoding", f"the byte 0x{byte:02x} is not UTF-8 text", place, "save the file as UTF-8")
    raise Unreadable
