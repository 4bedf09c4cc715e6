"""An answer that is kept: whether it may be, how long it is fresh, for which requests it stands (RFC 9111, 3 and 4)."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from airdock.connectors.http.caching.directives import Directives

_UNDERSTOOD = frozenset((200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 421, 451, 501))
"""Statuses of which is known what keeping them means (for `must-understand`)."""
_BY_DEFAULT = frozenset((200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501))
"""Statuses that may be kept where the answer does not say so (RFC 9110, 15.1)."""
_OF_THE_LINK = frozenset(
    (
        *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "proxy-connection"),
    )
)
"""Headers that belong to one transmission and are not kept."""
_OF_THE_CONTENT = frozenset(("content-encoding", "content-length", "content-range", "content-type"))
"""Headers that an answer without content does not change."""
_COOKIES = "set-cookie"
_OVERHEAD = 1024
"""Bytes that an entry takes beside its text."""

Nominated = tuple[tuple[str, str | None], ...]
"""The headers of a request that an answer depends on, with their values; None for one that was not sent."""


class Entry(msgspec.Struct, gc=False):
    """A kept answer.

    Attributes:
        status, headers, content: As in `Answer`.
        nominated: What `Vary` names, as the request had it.
        age: Seconds that it was old when it came. received: When that was, on a clock that never runs backwards.
        lifetime: So old it is fresh.
        revalidated: It must not be used without asking (`no-cache`), however fresh it is.
        strict: It must not be used when it is stale, whatever happens (`must-revalidate`).
        stale_if_error: So many seconds more it may be used when the service fails, as the service says.
    """

    status: int
    headers: dict[str, Any]
    content: bytes
    nominated: Nominated
    age: float
    received: float
    lifetime: float
    revalidated: bool
    strict: bool
    stale_if_error: float

    @property
    def size(self) -> int:
        """Bytes that it takes, roughly."""
        return len(self.content) + sum(len(name) + len(str(value)) for name, value in self.headers.items()) + _OVERHEAD

    @property
    def validators(self) -> dict[str, str]:
        """The headers of a request that asks whether it is still right; empty where that cannot be asked."""
        named = {"If-None-Match": text(self.headers, "etag"), "If-Modified-Since": text(self.headers, "last-modified")}
        return {name: value for name, value in named.items() if value}

    def left(self, monotonic: float) -> float:
        """For how many seconds it is fresh; negative: since when it is not."""
        return self.lifetime - self.age_at(monotonic)

    def age_at(self, monotonic: float) -> float:
        """How old it is, in seconds."""
        return self.age + monotonic - self.received

    def stands_for(self, headers: Mapping[str, str]) -> bool:
        """Whether a request's headers, by lower-case names, are those that it depends on."""
        return all(headers.get(name) == value for name, value in self.nominated)

    def is_meant(self, answer: dict[str, Any]) -> bool:
        """Whether the headers of a 304 can be about it."""
        told, own = text(answer, "etag"), text(self.headers, "etag")
        return not told or told.removeprefix("W/") == own.removeprefix("W/")


class Moment(msgspec.Struct, gc=False):
    """When an answer came.

    Attributes:
        now: Unix time. monotonic: On the clock that never runs backwards. delay: Seconds since it was asked for.
    """

    now: float
    monotonic: float
    delay: float = 0.0


def nominated_by(headers: dict[str, Any], request: Mapping[str, str]) -> Nominated | None:
    """What an answer's `Vary` names of a request, by lower-case names; None where it fits no other request (`*`)."""
    names = sorted(_names(headers, "vary"))
    return None if "*" in names else tuple((name, request.get(name)) for name in names)


def may_be_kept(status: int, headers: dict[str, Any], authorized: bool, private: bool) -> bool:
    """Whether the answer to a GET may be kept at all.

    Args:
        authorized: The request said who calls. private: What is kept is used for one caller alone.
    """
    told = Directives(headers.get("cache-control"))
    if status < 200 or status in (206, 304):
        return False
    if "must-understand" in told:
        if status not in _UNDERSTOOD:
            return False
    elif "no-store" in told:
        return False
    if not private:
        if told.fields("private") == frozenset():
            return False
        # A session that begins is for whoever asked, also where the service forgets to say so.
        if _COOKIES in headers and _COOKIES not in _limited(told):
            return False
        if authorized and not ("public" in told or "s-maxage" in told or "must-revalidate" in told):
            return False
    return (
        status in _BY_DEFAULT
        or "public" in told
        or "expires" in headers
        or "max-age" in told
        or (("private" if private else "s-maxage") in told)
    )


def entry_of(
    status: int, headers: dict[str, Any], content: bytes, nominated: Nominated, moment: Moment, private: bool
) -> Entry | None:
    """The entry that an answer becomes which may be kept; None where it would be of no use: stale, and not to be asked
    about."""
    told = Directives(headers.get("cache-control"))
    dated = date_of(headers, "date")
    apparent = 0.0 if dated is None else max(0.0, moment.now - dated)
    old = text(headers, "age")
    corrected = (min(int(old), 2**31) if old.isascii() and old.isdecimal() and len(old) < 12 else 0) + moment.delay
    limited = told.fields("no-cache")
    dropped = _OF_THE_LINK | (limited or frozenset()) | _names(headers, "connection")
    if not private:
        dropped |= _limited(told) | {_COOKIES}
    entry = Entry(
        status,
        {name: copied(value) for name, value in headers.items() if name not in dropped},
        content,
        nominated,
        max(apparent, corrected),
        moment.monotonic,
        lifetime_of(headers, told, moment.now if dated is None else dated, private),
        limited == frozenset(),
        "must-revalidate" in told or (not private and ("proxy-revalidate" in told or "s-maxage" in told)),
        float(told.seconds("stale-if-error") or 0),
    )
    return entry if entry.validators or entry.lifetime > entry.age else None


def _limited(told: Directives) -> frozenset[str]:
    """The headers that are for one caller alone, or not to be given again, as the service says."""
    return (told.fields("private") or frozenset()) | (told.fields("no-cache") or frozenset())


def lifetime_of(headers: dict[str, Any], told: Directives, dated: float, private: bool) -> float:
    """For how many seconds an answer is fresh, as it says; 0 where it does not: nothing is guessed."""
    shared = None if private else told.seconds("s-maxage")
    longest = told.seconds("max-age") if shared is None else shared
    if longest is not None:
        return float(longest)
    expires = date_of(headers, "expires")
    return 0.0 if expires is None else max(0.0, expires - dated)


def freshened(entry: Entry, headers: dict[str, Any], moment: Moment, private: bool) -> Entry | None:
    """The entry as a 304 with these headers leaves it; None where it is to be kept no longer."""
    merged = {**entry.headers, **{name: value for name, value in headers.items() if name not in _OF_THE_CONTENT}}
    if "age" not in headers:
        merged.pop("age", None)
    if "no-store" in Directives(merged.get("cache-control")):
        return None
    return entry_of(entry.status, merged, entry.content, entry.nominated, moment, private)


def text(headers: dict[str, Any], name: str) -> str:
    """A header as one text, several values joined by commas; empty for none."""
    value = headers.get(name, "")
    return ", ".join(value) if isinstance(value, list) else str(value)


def copied(value: Any) -> Any:
    """The value of a header, which a flow may change without changing another one's."""
    return list(value) if isinstance(value, list) else value


def date_of(headers: dict[str, Any], name: str) -> float | None:
    """The date in a header as Unix time; None for none, 0 for what is no date (which is long past)."""
    if name not in headers:
        return None
    try:
        date = parsedate_to_datetime(text(headers, name))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0 if name == "expires" else None


def _names(headers: dict[str, Any], name: str) -> frozenset[str]:
    """The names that a header lists, in lower case."""
    return frozenset(text(headers, name).lower().replace(",", " ").split())
