"""Addresses of mail, as messages and authors write them."""

import re
from email.header import Header
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from airdock.errors import FlowError

MOST = 200
"""So many addresses one mail may have in all."""

_WRITTEN = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<\s*(?P<named>[^<>\s]+)\s*>|(?P<plain>[^<>\s]+))\s*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_PLAIN = re.compile(r"[A-Za-z0-9 ._-]*")


class Address(NamedTuple):
    """Who sends or receives: an address, and a name for people, which may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()

    @property
    def header(self) -> str:
        """As it stands in a header: ASCII, whatever the name holds."""
        if not self.name:
            return self.address
        if not self.name.isascii():
            return f"{Header(self.name, 'utf-8', maxlinelen=1000).encode()} <{self.address}>"
        if _PLAIN.fullmatch(self.name):
            return f"{self.name} <{self.address}>"
        quoted = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{self.address}>'


def address(written: Any) -> Address:
    """One address, `ann@example.com` or `Ann <ann@example.com>`.

    A comma makes no second one: what a message holds cannot add recipients. A domain with letters beyond ASCII is
    written as the mail system has it.

    Raises:
        FlowError: `connector.mail.address`.
    """
    found = _WRITTEN.fullmatch(written) if isinstance(written, str) and len(written) <= 1000 else None
    if found is None or _CONTROL.search(written):
        raise _refused(written)
    local, at, domain = (found["named"] or found["plain"]).rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise _refused(written) from None
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise _refused(written)
    return Address((found["name"] or "").strip().strip('"').strip(), f"{local}@{domain}")


def addresses(value: Any) -> list[Address]:
    """The addresses of a field: one as a text, or a list of them; none for null or an empty text.

    Raises:
        FlowError: `connector.mail.address`.
    """
    if value is None or value == "":
        return []
    return [address(each) for each in value] if isinstance(value, list | tuple) else [address(value)]


def allowed(found: Address, domains: list[str]) -> bool:
    """Whether one may send to an address: its domain is among those, which may be globs; any where there are none."""
    return not domains or any(fnmatchcase(found.domain, each.lower()) for each in domains)


def one_line(text: str) -> str:
    """A text as it may stand in a header: line breaks and other control characters become blanks."""
    return _CONTROL.sub(" ", text).strip()


def _refused(written: Any) -> FlowError:
    shown = repr(written[:100]) if isinstance(written, str) else "an object" if isinstance(written, dict) else "a value"
    hint = "; several are written as a list" if isinstance(written, str) and "," in written else ""
    return FlowError("connector.mail.address", f"{shown} is no mail address{hint}")
