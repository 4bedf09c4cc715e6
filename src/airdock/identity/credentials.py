"""Verifying names and passwords, and setting passwords."""

import hashlib
import threading
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from airdock.identity.attempts import Attempts
from airdock.identity.audit import Action, Audit
from airdock.identity.errors import IdentityError
from airdock.identity.passwords import Passwords, check_password
from airdock.identity.rows import check_administrator, find_user, get_user
from airdock.identity.store import Store
from airdock.identity.tables import SESSIONS, USERS

MOST_AT_ONCE = 4
"""Verifications of one process; more wait."""
LONGEST_WAIT = 15.0


class Credentials:
    """What a name and a password prove. For several threads; a verification keeps its thread for about 80 ms."""

    def __init__(self, store: Store, passwords: Passwords, attempts: Attempts, audit: Audit) -> None:
        self._store = store
        self._passwords = passwords
        self._attempts = attempts
        self._audit = audit
        self._room = threading.BoundedSemaphore(MOST_AT_ONCE)
        # One name at a time, so that guesses sent at once are counted like those sent one after another.
        self._names = [threading.Lock() for _ in range(64)]

    def verify(self, name: str, password: str, remote: str = "") -> Row[Any] | None:
        """The user's row, or None; it takes as long for a name that does not exist as for one that does.

        Raises:
            IdentityError: `identity.tooManyAttempts`
        """
        with self._names[hashlib.sha256(name[:1024].encode(errors="replace")).digest()[0] % len(self._names)]:
            self._attempts.check(name, remote)
            with self._store.reading() as connection:
                row = find_user(connection, name)
            right = self._verified(row.password if row is not None else None, password)
            if row is None or not right or row.disabled:
                self._failed(name, row, right, remote)
                return None
            return self._succeeded(row, password)

    def set_password(self, name: str, password: str, *, by: str, remote: str = "") -> None:
        """Sets a password and ends the user's sessions.

        Raises:
            IdentityError: `identity.unknownUser`, `identity.password`
        """
        hash = self.hash(password, name)
        with self._store.changing(name) as connection:
            get_user(connection, name)
            connection.execute(update(USERS).where(USERS.c.name == name).values(password=hash))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.owner == name))
            self._attempts.forget(connection, name)
            check_administrator(connection)
            self._audit.note(connection, by, Action.USER_PASSWORD, name, remote=remote)

    def hash(self, password: str, name: str) -> str:
        """
        Raises:
            IdentityError: `identity.password`
        """
        check_password(password, name)
        return self._passwords.hash(password)

    def _verified(self, hash: str | None, password: str) -> bool:
        if not self._room.acquire(timeout=LONGEST_WAIT):
            message = "too many people sign in at once: try again a little later"
            raise IdentityError("identity.tooManyAttempts", message, retry_after=LONGEST_WAIT)
        try:
            return self._passwords.verify(hash, password)
        finally:
            self._room.release()

    def _failed(self, name: str, row: Row[Any] | None, right: bool, remote: str) -> None:
        # A name that does not exist may be a password typed into the wrong field: it is kept nowhere.
        target = row.name if row is not None else ""
        reason = "unknown user" if row is None else "disabled" if right else "wrong password"
        with self._store.noting() as connection:
            self._attempts.failed(connection, name, remote)
            self._audit.note(connection, "", Action.SESSION_FAILED, target, {"reason": reason}, remote)

    def _succeeded(self, row: Row[Any], password: str) -> Row[Any] | None:
        outdated = self._passwords.is_outdated(row.password)
        if not outdated and not self._attempts.has_failed(row.name):
            return row
        hash = self._passwords.hash(password) if outdated else row.password
        with self._store.noting() as connection:
            # Only if nobody set another one meanwhile.
            kept = (USERS.c.name == row.name) & (USERS.c.password == row.password)
            connection.execute(update(USERS).where(kept).values(password=hash))
            self._attempts.forget(connection, row.name)
            now = find_user(connection, row.name)
        return now if now is not None and now.password == hash and not now.disabled else None


def same_credentials(connection: Connection, row: Row[Any]) -> bool:
    """Whether what was verified against the row still holds: neither disabled, removed nor given another password.

    Until the transaction ends, nobody changes it: a session begun in it is among those that a change ends.
    """
    query = select(USERS).where(USERS.c.name == row.name).with_for_update(read=True)
    now = connection.execute(query).one_or_none()
    return now is not None and not now.disabled and now.password == row.password and now.created == row.created
