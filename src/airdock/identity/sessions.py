"""Sessions of browsers: a random id in a cookie, stored as a hash, with an end by idleness and one by age."""

import hashlib
import hmac
import re
import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from airdock.identity.audit import Action, Audit
from airdock.identity.principal import Principal
from airdock.identity.records import Session, moment, names_of
from airdock.identity.store import Store
from airdock.identity.tables import SESSIONS, USERS

LONGEST_AGE = 7 * 86400.0
"""Seconds after which a session ends, however much it is used."""
IDLE_AGE = 12 * 3600.0

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


class Sessions:
    """The sessions.

    Args:
        idle_age: Seconds without a request after which one ends.
    """

    def __init__(self, store: Store, audit: Audit, idle_age: float = IDLE_AGE) -> None:
        self._store = store
        self._audit = audit
        self.idle_age = idle_age

    def begin(self, connection: Connection, user: str) -> tuple[str, Session]:
        """A session with a new id: what the cookie holds, and the session."""
        cookie, now = secrets.token_urlsafe(32), self._store.now()
        connection.execute(delete(SESSIONS).where((SESSIONS.c.expires < now) | (SESSIONS.c.seen < now - self.idle_age)))
        row = {"owner": user, "created": now, "seen": now, "expires": now + LONGEST_AGE}
        connection.execute(insert(SESSIONS).values(hash=hash_of(cookie), **row))
        found = connection.execute(select(SESSIONS).where(SESSIONS.c.hash == hash_of(cookie))).one()
        return cookie, _session(found, cookie)

    def resolve(self, cookie: str) -> tuple[Principal, Session] | None:
        """Who is signed in by a cookie; None when nobody is, any more."""
        if not is_cookie(cookie):
            return None
        query = (
            select(SESSIONS, USERS.c.roles, USERS.c.disabled)
            .join(USERS, USERS.c.name == SESSIONS.c.owner)
            .where(SESSIONS.c.hash == hash_of(cookie))
        )
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.disabled or not self.lasts(_session(row, cookie)):
            return None
        return Principal(row.owner, names_of(row.roles)), _session(row, cookie)

    def lasts(self, session: Session) -> bool:
        """Whether neither of its ends has come."""
        now = self._store.now()
        return now < session.expires.timestamp() and now < session.seen.timestamp() + self.idle_age

    def end(self, cookie: str, *, remote: str = "") -> None:
        """Signs out. A session that is over, or never was, is left alone."""
        if not is_cookie(cookie):
            return
        with self._store.reading() as connection:
            owner = _owner(connection, cookie)
        if owner is None:
            return
        with self._store.changing(owner) as connection:
            ended = connection.execute(delete(SESSIONS).where(SESSIONS.c.hash == hash_of(cookie)))
            if ended.rowcount:
                self._audit.note(connection, owner, Action.SESSION_END, owner, remote=remote)

    def end_all(self, user: str, *, by: str, remote: str = "") -> int:
        """Signs a user out everywhere; how many sessions that were."""
        with self._store.changing(user) as connection:
            ended = connection.execute(delete(SESSIONS).where(SESSIONS.c.owner == user)).rowcount
            self._audit.note(connection, by, Action.SESSION_END, user, {"ended": ended}, remote)
        return ended


def is_cookie(text: str) -> bool:
    """Whether it can be what the cookie of a session holds."""
    return _COOKIE.fullmatch(text) is not None


def is_csrf(session: Session, given: str) -> bool:
    """Whether a request repeats what belongs to its session; in constant time."""
    return hmac.compare_digest(session.csrf.encode(), given.encode(errors="replace"))


def hash_of(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _csrf(cookie: str) -> str:
    # Made from the id, so it belongs to this session alone and need not be stored; it does not lead back to the id.
    return hmac.new(cookie.encode(), b"airdock csrf", hashlib.sha256).hexdigest()


def _session(row: Row[Any], cookie: str) -> Session:
    return Session(
        user=row.owner,
        created=moment(row.created),
        seen=moment(row.seen),
        expires=moment(row.expires),
        csrf=_csrf(cookie),
    )


def _owner(connection: Connection, cookie: str) -> str | None:
    owner: str | None = connection.execute(
        select(SESSIONS.c.owner).where(SESSIONS.c.hash == hash_of(cookie))
    ).scalar_one_or_none()
    return owner
