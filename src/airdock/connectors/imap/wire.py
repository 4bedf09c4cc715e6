"""What an IMAP server says, read from the wire within bounds (RFC 3501, 7)."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

LONGEST = 4 * 1024**2
"""Bytes of a line without literals; the ids of half a million mails fit."""
_PIECE = 64 * 1024
_DEEPEST = 50
_LITERAL = re.compile(rb"~?\{(\d{1,12})\+?\}\Z")
_STATUS = re.compile(rb"(?i)(OK|NO|BAD|BYE|PREAUTH)(?:\s+(?:\[([^\]]*)\]\s?)?(.*))?\Z", re.DOTALL)
_TOKEN = re.compile(rb'(\()|(\))|"((?:[^"\\]|\\.)*)"|([^\s()"]+)', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class WireError(Exception):
    """The server said something that is not IMAP, or more than is taken."""


class TooLong(NamedTuple):
    """In place of a literal that is longer than what is taken; it was read, and thrown away."""

    size: int


class Response(NamedTuple):
    """One response.

    Attributes:
        tag: `*`, `+`, or that of a command. kind: In capitals, such as `OK`, `EXISTS`, `FETCH`.
        number: In front of the kind; -1 for none. values: What follows: bytes, None for NIL, lists, `TooLong`.
        code, details: Of a status, what stands in brackets, such as `UIDNEXT` and `5`. text: The words of a status.
    """

    tag: str
    kind: str
    number: int = -1
    values: tuple[Any, ...] = ()
    code: str = ""
    details: str = ""
    text: str = ""


class Wire:
    """Reads responses, one after the other."""

    def __init__(self, reader: asyncio.StreamReader, most: int, heard: Callable[[], object] = lambda: None) -> None:
        """`most`: bytes of a literal that are taken. `heard`: called whenever something came."""
        self._reader = reader
        self._most = most
        self._heard = heard

    async def read(self) -> Response:
        """The next response.

        Raises:
            WireError, EOFError, OSError.
        """
        line = await self._line()
        tag, _, rest = line.partition(b" ")
        if tag == b"+":
            return Response("+", "", text=_text(rest))
        status = _STATUS.match(rest)
        if status is not None:
            code, _, details = _text(status[2] or b"").partition(" ")
            return Response(
                _text(tag), _text(status[1]).upper(), code=code.upper(), details=details, text=_text(status[3] or b"")
            )
        return _data(_text(tag), [rest async for rest in self._pieces(rest)])

    async def _pieces(self, line: bytes) -> Any:
        while (found := _LITERAL.search(line)) is not None:
            yield line[: found.start()]
            yield await self._literal(int(found[1]))
            line = await self._line()
        yield line

    async def _line(self) -> bytes:
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as error:
            raise WireError(f"a line is longer than {LONGEST} bytes") from error
        self._heard()
        return line.rstrip(b"\r\n")

    async def _literal(self, size: int) -> bytes | TooLong:
        kept, left = bytearray(), size
        while left:
            piece = await self._reader.read(min(left, _PIECE))
            if not piece:
                raise EOFError
            self._heard()
            left -= len(piece)
            if size <= self._most:
                kept += piece
        return bytes(kept) if size <= self._most else TooLong(size)


def _data(tag: str, pieces: list[bytes | TooLong]) -> Response:
    values = _values(pieces)
    if not values or not isinstance(values[0], bytes):
        raise WireError("a response has no name")
    if values[0].isdigit() and len(values) > 1 and isinstance(values[1], bytes) and len(values[0]) <= 10:
        return Response(tag, _text(values[1]).upper(), int(values[0]), tuple(values[2:]))
    return Response(tag, _text(values[0]).upper(), values=tuple(values[1:]))


def _values(pieces: list[bytes | TooLong]) -> list[Any]:
    """The values of a response; a piece at an odd place is a literal."""
    inside: list[list[Any]] = [[]]
    for place, piece in enumerate(pieces):
        if place % 2 or isinstance(piece, TooLong):
            inside[-1].append(piece)
            continue
        for token in _tokens(piece):
            if token == b"(":
                if len(inside) > _DEEPEST:
                    raise WireError("a response is nested too deeply")
                inside.append([])
            elif token == b")":
                if len(inside) < 2:
                    raise WireError("a response closes what it did not open")
                closed = inside.pop()
                inside[-1].append(closed)
            else:
                inside[-1].append(token[0] if isinstance(token, tuple) else None if token.upper() == b"NIL" else token)
    if len(inside) > 1:
        raise WireError("a response is not closed")
    return inside[0]


def _tokens(text: bytes) -> Iterator[Any]:
    """Brackets and atoms as bytes; a quoted text in a tuple, as it may be any of those."""
    at = 0
    while at < len(text):
        if text[at : at + 1].isspace():
            at += 1
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            raise WireError("a text in a response is not closed")
        at = found.end()
        yield (_ESCAPED.sub(rb"\1", found[3]),) if found[3] is not None else found[0]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
