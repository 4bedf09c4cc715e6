"""Recognising callers, from memory where it can be."""

import hashlib
import hmac
import secrets
from enum import Enum
from typing import Final

import msgspec

from airdock.identity import access
from airdock.identity.access import Lists, Members
from airdock.identity.cache import Cache
from airdock.identity.identity import Identity
from airdock.identity.permissions import Permission
from airdock.identity.principal import Principal
from airdock.identity.records import Session
from airdock.identity.sessions import hash_of as hash_of_cookie
from airdock.identity.sessions import is_cookie
from airdock.identity.token_text import hash_of as hash_of_token
from airdock.identity.token_text import is_token
from airdock.identity.touches import INTERVAL, Touches

REMEMBERED = 300.0
"""Seconds that a caller who was recognised is known from memory, if nothing changes."""
REFUSED = 10.0
"""Seconds that a caller who was not recognised is refused from memory."""
OPEN = 1.0
"""Seconds that an installation without users is taken to have none still; not longer, lest it stay open."""
_MOST = 10_000


class Unknown(Enum):
    """`UNKNOWN` is what the `remembered_...` methods answer where only the database can say."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


class _Answer(msgspec.Struct, frozen=True):
    """What was found: nobody, if there is no principal. `expires`: seconds since 1970, after which it is nobody."""

    principal: Principal | None = None
    session: Session | None = None
    expires: float | None = None


class Authenticator:
    """Says who a caller is and what they may do. For several threads; nothing of it waits for anything but the database
    and, the first time for a name and password, about 80 ms for the verification.

    Memory is dropped by `forget`, which whoever follows the database's changes calls for each on the topic `identity`;
    changes made by the same `Identity` are taken in at once.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._key = secrets.token_bytes(32)
        self._found: Cache[str, _Answer] = Cache(_MOST, REMEMBERED)
        self._nobody: Cache[str, _Answer] = Cache(_MOST, REFUSED)
        self._lists: Cache[str, Lists] = Cache(1, REMEMBERED)
        self._has_users: Cache[str, bool] = Cache(1, REMEMBERED)
        self._is_open: Cache[str, bool] = Cache(1, OPEN)
        self._touches = Touches(identity.store, min(INTERVAL, identity.sessions.idle_age / 4))
        identity.store.listen(self.forget)

    @property
    def is_open(self) -> bool:
        """Whether there is no user, so that the person at this machine is `LOCAL`, without signing in."""
        if self._has_users.get(""):
            return False
        if self._is_open.get(""):
            return True
        era, open_era = self._has_users.era, self._is_open.era
        if self._identity.users.exist():
            self._has_users.put("", True, era)
            return False
        self._is_open.put("", True, open_era)
        return True

    def bearer(self, text: str) -> Principal | None:
        """Whom a token speaks for; None for a token that is unknown, over or revoked."""
        found = self.remembered_bearer(text)
        if found is not UNKNOWN:
            return found
        eras = self._eras()
        resolved = self._identity.tokens.resolve(text)
        answer = _Answer() if resolved is None else _Answer(resolved[0], None, resolved[1])
        self._keep(_token_key(text), answer, eras)
        return self._used(answer)

    def remembered_bearer(self, text: str) -> Principal | Unknown | None:
        """The same from memory alone, which never waits: UNKNOWN where `bearer` must be asked."""
        if not is_token(text):
            return None
        answer = self._remembered(_token_key(text))
        return UNKNOWN if answer is None else self._used(answer)

    def basic(self, user: str, password: str, remote: str = "") -> Principal | None:
        """The user with this name and password. The first time takes about 80 ms, so it is done in a thread.

        Raises:
            IdentityError: `identity.tooManyAttempts`
        """
        found = self.remembered_basic(user, password)
        if found is not UNKNOWN:
            return found
        eras = self._eras()
        verified = self._identity.users.verify(user, password, remote)
        answer = _Answer() if verified is None else _Answer(Principal(verified.name, verified.roles))
        self._keep(self._basic_key(user, password), answer, eras)
        return self._used(answer)

    def remembered_basic(self, user: str, password: str) -> Principal | Unknown | None:
        """The same from memory alone, which never waits: UNKNOWN where `basic` must be asked."""
        answer = self._remembered(self._basic_key(user, password))
        return UNKNOWN if answer is None else self._used(answer)

    def session(self, cookie: str) -> tuple[Principal, Session] | None:
        """Who is signed in by this cookie."""
        if not is_cookie(cookie):
            return None
        key = f"session:{hash_of_cookie(cookie)}"
        answer = self._remembered(key)
        if answer is not None and answer.session is not None and not self._identity.sessions.lasts(answer.session):
            # It may have been used at another process meanwhile.
            answer = None
        if answer is None:
            eras = self._eras()
            resolved = self._identity.sessions.resolve(cookie)
            answer = _Answer() if resolved is None else _Answer(*resolved)
            self._keep(key, answer, eras)
        if answer.principal is None or answer.session is None:
            return None
        self._touches.touch("session", hash_of_cookie(cookie))
        self._touches.touch("user", answer.principal.name)
        return answer.principal, answer.session

    def may(self, principal: Principal, permission: Permission, project: str | None = None) -> bool:
        """Whether the caller may do this with the project, or, without one, with the installation as a whole."""
        return access.may(principal, permission, project, self.lists())

    def may_somewhere(self, principal: Principal, permission: Permission) -> bool:
        """Whether the caller may do this with the installation or with at least one project."""
        return access.may_somewhere(principal, permission, self.lists())

    def permissions(self, principal: Principal, project: str | None = None) -> frozenset[Permission]:
        """All that the caller may do with the project, or with the installation as a whole."""
        return access.permissions_of(principal, project, self.lists())

    def sees(self, principal: Principal, project: str) -> bool:
        """Whether the project exists for the caller; others are told that there is none."""
        return access.sees(principal, project, self.lists())

    def members(self, project: str) -> Members:
        """The members of a project; empty where it has none."""
        return self.lists().get(project, {})

    def lists(self) -> Lists:
        """The members of all projects that have some, from memory where possible."""
        lists = self._lists.get("")
        if lists is None:
            era = self._lists.era
            lists = self._identity.members.all()
            self._lists.put("", lists, era)
        return lists

    def forget(self, name: str | None = None) -> None:
        """Drops what is remembered of a user or a service, or of everybody; to be called when it changed.

        Args:
            name: That of the change on the topic `identity`; None when changes may have been missed.
        """
        for cache in (self._lists, self._has_users, self._is_open):
            cache.forget()
        self._nobody.forget()
        if name is None:
            self._found.forget()
        else:
            self._found.forget(lambda answer: answer.principal is not None and answer.principal.name == name)

    def flush(self) -> None:
        """Writes when tokens, sessions and users were last used, which else happens in the background."""
        self._touches.flush()

    def close(self) -> None:
        """Writes what is left to write and ends the thread that does."""
        self._touches.close()

    def _remembered(self, key: str) -> _Answer | None:
        answer = self._found.get(key) or self._nobody.get(key)
        if answer is not None and answer.expires is not None and answer.expires <= self._identity.store.now():
            return _Answer()
        return answer

    def _eras(self) -> tuple[int, int]:
        return self._found.era, self._nobody.era

    def _keep(self, key: str, answer: _Answer, eras: tuple[int, int]) -> None:
        if answer.principal is not None:
            self._found.put(key, answer, eras[0])
        else:
            self._nobody.put(key, answer, eras[1])

    def _used(self, answer: _Answer) -> Principal | None:
        principal = answer.principal
        if principal is not None:
            if principal.token:
                self._touches.touch("token", principal.token)
            if principal.kind == "user":
                self._touches.touch("user", principal.name)
        return principal

    def _basic_key(self, user: str, password: str) -> str:
        # The password is in no memory that outlives the request, and the key in no other process.
        content = f"{len(user)}:{user}{password}".encode(errors="surrogatepass")
        return f"basic:{hmac.new(self._key, content, hashlib.sha256).hexdigest()}"


def _token_key(text: str) -> str:
    return f"token:{hash_of_token(text)}"
