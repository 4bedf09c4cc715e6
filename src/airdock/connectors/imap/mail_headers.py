"""The headers of a mail, as anybody may have written them: read without ever failing."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from airdock import charsets
from airdock.connectors.smtp.addresses import Address, address, one_line
from airdock.errors import FlowError

MOST = 500
"""So many headers of a mail are taken, and addresses of one."""
LONGEST = 64 * 1024
"""Characters of a header that are taken."""

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_ID = re.compile(r"<[^\s<>]{1,990}>")


class Headers:
    """The headers of a mail; names in lower case."""

    def __init__(self, message: Message) -> None:
        self._raw: dict[str, list[str]] = {}
        for name, value in list(message.raw_items())[:MOST]:
            self._raw.setdefault(one_line(name).lower(), []).append(_FOLD.sub("", str(value))[:LONGEST])

    def text(self, name: str) -> str:
        """The first header of a name as people read it, in one line; empty where there is none."""
        return next((readable(raw) for raw in self._raw.get(name, [])), "")

    def all(self) -> dict[str, str | list[str]]:
        """All of them; a repeated one has a list."""
        found = {name: [readable(raw) for raw in values] for name, values in self._raw.items() if name}
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}

    def people(self, name: str) -> list[Address]:
        """The addresses in the headers of a name; what is none is left out."""
        people = []
        try:
            found = getaddresses(self._raw.get(name, []))[:MOST]
        except (RecursionError, ValueError, LookupError, TypeError):
            # The standard library reads comments within comments by recursion.
            return []
        for written, plain in found:
            with suppress(FlowError):
                people.append(Address(_name(written), address(plain).address))
        return people

    def message_id(self) -> str:
        """The mail's id with its brackets; empty where it has none."""
        found = _ID.search(one_line("".join(self._raw.get("message-id", [])[:1])))
        return found[0] if found and found[0].isascii() else ""

    def date(self) -> str | None:
        """When it was written, as it says itself; None where it does not."""
        return moment(self.text("date"))


def moment(written: str) -> str | None:
    """A date of a mail in UTC, such as `2026-11-24T20:45:56Z`; None for what is no date."""
    try:
        found = parsedate_to_datetime(written)
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return datetime.isoformat(aware.replace(microsecond=0)).replace("+00:00", "Z")


def readable(raw: str) -> str:
    """A header as people read it: encoded words decoded, in one line."""
    text = decode(raw.encode("utf-8", "surrogateescape"), "") if not raw.isascii() else raw
    if "=?" in text:
        try:
            parts = decode_header(text)
        except (HeaderParseError, ValueError):
            parts = []
        if parts:
            text = "".join(part if isinstance(part, str) else decode(part, charset or "") for part, charset in parts)
    return one_line(text)


def decode(data: bytes, charset: str) -> str:
    """A text, whatever it is in: in its charset, else in UTF-8, else what is not of it is marked as that."""
    named = charsets.codec(charset) if charset else None
    for codec in (named, "utf-8"):
        if codec is not None:
            with suppress(UnicodeError):
                return data.decode(codec)
    return data.decode("cp1252" if named in (None, "ascii", "utf-8") else str(named), "replace")


def _name(written: str) -> str:
    """The name of a person as it may stand in front of an address."""
    return re.sub(r'[<>"]', "", readable(written)).strip()[:200]
