"""The format `text/event-stream`, as the HTML standard has it, read from pieces of any size within bounds."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LONGEST_ID = 1000
"""Characters of an id beyond which it is ignored: it would not fit into a header."""
_NO_ID = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LONGEST_RETRY = 9
"""Digits of a number of milliseconds."""
_ENDLESS = 16
"""An event that is so many times as large as it may be is taken for one without end."""


class EndlessError(Exception):
    """An event goes on and on."""


class Event(NamedTuple):
    """What a stream sent.

    Attributes:
        name: Its `event`; `message` where it has none. data: Its text; None where it has none, and only moves `last`.
        id: Its own; empty for none. last: The id to resume behind it; empty for none.
        cut: It was larger than it may be: `data` is its beginning.
    """

    name: str
    data: str | None
    id: str
    last: str
    cut: bool = False


class EventReader:
    """Reads one stream.

    Attributes:
        last: The id to resume behind what was given. retry: Seconds to wait before it is opened again, as the service
            has asked; None where it has not.
    """

    def __init__(self, last: str, most: int) -> None:
        """`most`: bytes of the lines of an event, those of ids and comments included."""
        self.last = last
        self.retry: float | None = None
        self._most = most
        self._line = bytearray()
        self._line_size = 0
        self._begun = False
        self._after_return = False
        # Of the event that is read:
        self._size = 0
        self._name = ""
        self._data: list[str] = []
        self._id: str | None = None
        self._cut = False

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that a piece ends. What a stream leaves unfinished at its end is no event.

        Raises:
            EndlessError: an event is far larger than it may be, and has no end yet.
        """
        if self._after_return and piece[:1] == b"\n":
            piece = piece[1:]
            self._after_return = False
        for part in piece.splitlines(keepends=True):
            self._size += len(part)
            self._line_size += len(part)
            if self._size > self._most * _ENDLESS:
                raise EndlessError
            if len(self._line) <= self._most:
                # Of a line that is too long the beginning is enough.
                self._line += part[: self._most + 2]
            if part[-1] in b"\r\n":
                line = bytes(self._line.rstrip(b"\r\n"))
                self._line.clear()
                yield from self._take(line)
                self._line_size = 0
        if piece:
            self._after_return = piece[-1:] == b"\r"

    def _take(self, line: bytes) -> Iterator[Event]:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            yield from self._dispatched()
            return
        if line[:1] == b":":
            # A comment is no part of an event; a service that sends nothing else is not endless.
            self._size -= self._line_size
            return
        name, _, value = line.decode("utf-8", "replace").partition(":")
        self._field(name, value[1:] if value[:1] == " " else value)

    def _field(self, name: str, value: str) -> None:
        if name == "data":
            if not self._cut:
                self._data.append(value[: self._most])
        elif name == "event":
            self._name = value
        elif name == "id":
            if len(value) <= _LONGEST_ID and not _NO_ID.search(value):
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) <= _LONGEST_RETRY:
            self.retry = int(value) / 1000
        self._cut = self._cut or self._size > self._most

    def _dispatched(self) -> Iterator[Event]:
        id, moved = self._id or "", self._id is not None and self._id != self.last
        if self._id is not None:
            self.last = self._id
        if self._data:
            yield Event(self._name or "message", "\n".join(self._data), id, self.last, self._cut)
        elif moved:
            yield Event("", None, id, self.last)
        self._clear()

    def _clear(self) -> None:
        self._size = 0
        self._name = ""
        self._data = []
        self._id = None
        self._cut = False
