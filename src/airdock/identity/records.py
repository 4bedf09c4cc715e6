"""What is told of users, tokens, sessions and the audit log, and how it is kept in rows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec

from airdock.identity.errors import IdentityError
from airdock.identity.permissions import Permission

Item = TypeVar("Item")
TokenKind = Literal["personal", "service"]
MOST_ITEMS = 200
"""Of a page."""

_NAMES = msgspec.json.Decoder(frozenset[str])


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """A part of a list. `next` is what to ask for the following part with, None on the last."""

    items: list[Item]
    next: str | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person with an account.

    Attributes:
        external: Signs in at an OpenID Connect provider.
        has_password: Can sign in with a password.
        last_seen: Accurate to a minute.
    """

    name: str
    display_name: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset()
    disabled: bool = False
    created: datetime
    last_seen: datetime | None = None
    external: bool = False
    has_password: bool = False


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How a user wants to work. `auto_activate`: what they save is activated at once."""

    auto_activate: bool = False


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token, without its text.

    Attributes:
        name: What its owner calls it; of a service's token the service's name.
        owner: For whom it speaks: a user, or the service itself.
        roles: Of a service; those of a personal token are its owner's at the time of use.
        scopes, projects: What it is limited to; None for no limit.
        last_used: Accurate to a minute.
    """

    id: str
    name: str
    kind: TokenKind
    owner: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[Permission] | None = None
    projects: frozenset[str] | None = None
    created: datetime
    created_by: str
    expires: datetime | None = None
    last_used: datetime | None = None


class MadeToken(msgspec.Struct, frozen=True):
    """A token that was just made; `text` is not kept anywhere, so this is the only showing."""

    token: Token
    text: str

    def __repr__(self) -> str:
        return f"MadeToken({self.token!r}, text=...)"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in.

    Attributes:
        expires: When it ends at the latest, however much it is used.
        csrf: What each request that changes something has to repeat.
    """

    user: str
    created: datetime
    seen: datetime
    expires: datetime
    csrf: str

    def __repr__(self) -> str:
        return f"Session(user={self.user!r}, created={self.created!r}, expires={self.expires!r}, csrf=...)"


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did. `remote` is the address from which, where there was one."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str = ""
    details: dict[str, Any] = {}
    remote: str = ""


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def names_text(names: Iterable[str]) -> str:
    """A set of names as a column keeps it."""
    return msgspec.json.encode(sorted(names)).decode()


def names_of(text: str) -> frozenset[str]:
    return _NAMES.decode(text)


def page_size(limit: int) -> int:
    """
    Raises:
        IdentityError: `identity.value`
    """
    if 1 <= limit <= MOST_ITEMS:
        return limit
    raise IdentityError("identity.value", f"a page has 1 to {MOST_ITEMS} entries")


def paged(items: list[Item], limit: int, cursors: list[str]) -> Page[Item]:
    """A page of a query that asked for one row more than `limit`. `cursors`: of each item, what follows it."""
    if len(items) <= limit:
        return Page(items)
    return Page(items[:limit], cursors[limit - 1])
