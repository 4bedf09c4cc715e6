"""Everything about who may do what, over one database."""

import time

import msgspec

from airdock.database import Database
from airdock.identity.attempts import Attempts
from airdock.identity.audit import Action, Audit
from airdock.identity.credentials import Credentials, same_credentials
from airdock.identity.members import MemberLists
from airdock.identity.passwords import Passwords
from airdock.identity.preferences import PreferenceTable
from airdock.identity.principal import Principal
from airdock.identity.records import Session, names_of
from airdock.identity.sessions import IDLE_AGE, Sessions
from airdock.identity.store import Clock, Store
from airdock.identity.tokens import Tokens
from airdock.identity.users import Users


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody signed in. `cookie` is what their browser keeps, and nobody else."""

    principal: Principal
    session: Session
    cookie: str

    def __repr__(self) -> str:
        return f"SignedIn({self.principal!r}, {self.session!r}, cookie=...)"


class Identity:
    """Users, tokens, sessions, members of projects, preferences, and the audit log. For several threads.

    Every method raises `DatabaseError` when the database cannot be used, and writes what it changes to the audit log
    in the same transaction.

    Args:
        session_age: Seconds without a request after which a session ends.
        clock: The present time, in seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        *,
        session_age: float = IDLE_AGE,
        passwords: Passwords | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.store = Store(database, clock)
        self.audit = Audit(self.store)
        self._credentials = Credentials(self.store, passwords or Passwords(), Attempts(self.store), self.audit)
        self.users = Users(self.store, self._credentials, self.audit)
        self.tokens = Tokens(self.store, self.audit)
        self.sessions = Sessions(self.store, self.audit, session_age)
        self.members = MemberLists(self.store, self.audit)
        self.preferences = PreferenceTable(self.store)

    def sign_in(self, name: str, password: str, remote: str = "") -> SignedIn | None:
        """Begins a session; None without saying whether the name or the password is wrong.

        It takes about 80 ms of a thread.

        Args:
            remote: The address of the caller, by which guessing is slowed down, too.

        Raises:
            IdentityError: `identity.tooManyAttempts`
        """
        row = self._credentials.verify(name, password, remote)
        if row is None:
            return None
        with self.store.noting() as connection:
            # Verified outside of this transaction: the user may have been disabled since.
            if not same_credentials(connection, row):
                return None
            cookie, session = self.sessions.begin(connection, row.name)
            self.audit.note(connection, row.name, Action.SESSION_BEGIN, row.name, {"by": "password"}, remote)
        return SignedIn(Principal(row.name, names_of(row.roles)), session, cookie)

    def sign_out(self, cookie: str, remote: str = "") -> None:
        """Ends a session; there is nothing to tell when there is none."""
        self.sessions.end(cookie, remote=remote)
