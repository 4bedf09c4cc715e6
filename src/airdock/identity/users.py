"""Users: making, changing and removing them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from airdock.identity.audit import Action, Audit
from airdock.identity.credentials import Credentials
from airdock.identity.errors import IdentityError
from airdock.identity.names import check_name, check_roles, check_text
from airdock.identity.records import Page, User, names_of, names_text, page_size, paged
from airdock.identity.rows import (
    check_administrator,
    check_free,
    find_user,
    get_user,
    has_administrator,
    has_users,
    user_of,
)
from airdock.identity.store import Store
from airdock.identity.tables import MEMBERS, PREFERENCES, SESSIONS, USERS


class Users:
    """The users. The first is an administrator who can sign in, and no change takes the last such one.

    `by` is the name of who changes something and `remote` the address they come from, both for the audit log.
    """

    def __init__(self, store: Store, credentials: Credentials, audit: Audit) -> None:
        self._store = store
        self._credentials = credentials
        self._audit = audit

    def create(
        self,
        name: str,
        *,
        password: str | None = None,
        roles: Iterable[str] = (),
        display_name: str = "",
        email: str = "",
        by: str,
        remote: str = "",
    ) -> User:
        """Makes a user. Without a password they cannot sign in until they are given one.

        Raises:
            IdentityError: `identity.name`, `identity.nameTaken`, `identity.password`, `identity.role`,
                `identity.value`; `identity.lastAdministrator` if there is no user yet and this one is not one.
        """
        row = {
            "name": check_name(name),
            "display_name": check_text("the display name", display_name),
            "email": check_text("the e-mail address", email),
            "roles": names_text(check_roles(roles)),
            "password": None if password is None else self._credentials.hash(password, name),
            "disabled": False,
            "created": self._store.now(),
        }
        with self._store.changing(name) as connection:
            check_free(connection, name)
            made = add_user(connection, self._audit, row, by, remote)
            check_administrator(connection)
        return made

    def get(self, name: str) -> User:
        """
        Raises:
            IdentityError: `identity.unknownUser`
        """
        with self._store.reading() as connection:
            return user_of(get_user(connection, name))

    def find(self, name: str) -> User | None:
        with self._store.reading() as connection:
            row = find_user(connection, name)
        return None if row is None else user_of(row)

    def list(self, *, limit: int = 50, cursor: str = "") -> Page[User]:
        """Users by name. The cursor is the last name of the page before.

        Raises:
            IdentityError: `identity.value`, `identity.name`
        """
        query = select(USERS).order_by(USERS.c.name).limit(page_size(limit) + 1)
        if cursor:
            query = query.where(USERS.c.name > check_name(cursor))
        with self._store.reading() as connection:
            users = [user_of(row) for row in connection.execute(query)]
        return paged(users, limit, [user.name for user in users])

    def exist(self) -> bool:
        """Whether there is any user; while there is none, the installation is open to the person at the machine."""
        with self._store.reading() as connection:
            return has_users(connection)

    def has_administrator(self) -> bool:
        """Whether somebody can sign in and administer; before that nothing listens beyond this machine."""
        with self._store.reading() as connection:
            return has_administrator(connection)

    def change(
        self,
        name: str,
        *,
        display_name: str | None = None,
        email: str | None = None,
        roles: Iterable[str] | None = None,
        disabled: bool | None = None,
        by: str,
        remote: str = "",
    ) -> User:
        """Changes what is given. A user who is disabled is signed out everywhere, and their tokens do not work.

        Raises:
            IdentityError: `identity.unknownUser`, `identity.role`, `identity.value`, `identity.lastAdministrator`
        """
        given: dict[str, Any] = {
            "display_name": None if display_name is None else check_text("the display name", display_name),
            "email": None if email is None else check_text("the e-mail address", email),
            "roles": None if roles is None else names_text(check_roles(roles)),
            "disabled": disabled,
        }
        with self._store.changing(name) as connection:
            before = get_user(connection, name)
            changed = {key: value for key, value in given.items() if value not in (None, getattr(before, key))}
            if changed:
                change_user(connection, self._audit, before, changed, by, remote)
                check_administrator(connection)
            return user_of(get_user(connection, name))

    def remove(self, name: str, *, by: str, remote: str = "") -> None:
        """Removes a user with their tokens, sessions, preferences and memberships.

        Raises:
            IdentityError: `identity.unknownUser`, `identity.lastAdministrator`
        """
        with self._store.changing(name) as connection:
            get_user(connection, name)
            connection.execute(delete(USERS).where(USERS.c.name == name))
            connection.execute(delete(MEMBERS).where(MEMBERS.c.name == name))
            connection.execute(delete(PREFERENCES).where(PREFERENCES.c.name == name))
            check_administrator(connection)
            self._audit.note(connection, by, Action.USER_REMOVE, name, remote=remote)

    def set_password(self, name: str, password: str, *, by: str, remote: str = "") -> None:
        """Sets a password and ends the user's sessions; their tokens stay.

        Raises:
            IdentityError: `identity.unknownUser`, `identity.password`
        """
        self._credentials.set_password(name, password, by=by, remote=remote)

    def change_own_password(self, name: str, current: str, password: str, remote: str = "") -> None:
        """The same by the user, who proves to know the present one. It takes about 160 ms of a thread.

        Raises:
            IdentityError: `identity.credentials`, `identity.password`, `identity.tooManyAttempts`
        """
        if self._credentials.verify(name, current, remote) is None:
            raise IdentityError("identity.credentials", "the present password is not the one given")
        self._credentials.set_password(name, password, by=name, remote=remote)

    def verify(self, name: str, password: str, remote: str = "") -> User | None:
        """The user whose name and password these are; None without saying what of it is wrong.

        It takes about 80 ms of a thread. Failures are noted in the audit log and make further ones wait.

        Raises:
            IdentityError: `identity.tooManyAttempts`
        """
        row = self._credentials.verify(name, password, remote)
        return None if row is None else user_of(row)


def add_user(connection: Connection, audit: Audit, row: dict[str, Any], by: str, remote: str) -> User:
    connection.execute(insert(USERS).values(row))
    details = {"roles": names_of(row["roles"])} | ({"issuer": row["issuer"]} if row.get("issuer") else {})
    audit.note(connection, by, Action.USER_CREATE, row["name"], details, remote)
    return user_of(get_user(connection, row["name"]))


def change_user(
    connection: Connection, audit: Audit, before: Row[Any], changed: dict[str, Any], by: str, remote: str
) -> None:
    """Writes columns of a user and notes what each of the changes is."""
    connection.execute(update(USERS).where(USERS.c.name == before.name).values(changed))
    if changed.get("disabled"):
        connection.execute(delete(SESSIONS).where(SESSIONS.c.owner == before.name))
    if "roles" in changed:
        details = {"before": names_of(before.roles), "after": names_of(changed["roles"])}
        audit.note(connection, by, Action.USER_ROLES, before.name, details, remote)
    if "disabled" in changed:
        action = Action.USER_DISABLE if changed["disabled"] else Action.USER_ENABLE
        audit.note(connection, by, action, before.name, remote=remote)
    others = sorted(set(changed) - {"roles", "disabled"})
    if others:
        audit.note(connection, by, Action.USER_CHANGE, before.name, {"changed": others}, remote)
