"""Reading rows of users, and what must hold among them."""

from typing import Any

from sqlalchemy import Connection, Row, exists, or_, select

from airdock.identity.errors import IdentityError
from airdock.identity.names import is_name, shown
from airdock.identity.permissions import Role
from airdock.identity.records import User, moment, moment_or_none, names_of
from airdock.identity.tables import TOKENS, USERS


def user_of(row: Row[Any]) -> User:
    return User(
        name=row.name,
        display_name=row.display_name,
        email=row.email,
        roles=names_of(row.roles),
        disabled=row.disabled,
        created=moment(row.created),
        last_seen=moment_or_none(row.last_seen),
        external=row.issuer is not None,
        has_password=row.password is not None,
    )


def find_user(connection: Connection, name: str) -> Row[Any] | None:
    # What is no name is in no row, and may hold characters that no database takes.
    return connection.execute(select(USERS).where(USERS.c.name == name)).one_or_none() if is_name(name) else None


def get_user(connection: Connection, name: str) -> Row[Any]:
    """
    Raises:
        IdentityError: `identity.unknownUser`
    """
    row = find_user(connection, name)
    if row is None:
        raise IdentityError("identity.unknownUser", f"there is no user {shown(name)}")
    return row


def has_users(connection: Connection) -> bool:
    return bool(connection.execute(select(exists(select(USERS.c.name)))).scalar_one())


def check_free(connection: Connection, name: str) -> None:
    """Users and services never share a name, so that a name alone says who did something.

    Raises:
        IdentityError: `identity.nameTaken`
    """
    if find_user(connection, name) is not None:
        raise IdentityError("identity.nameTaken", f"there is a user {name!r} already")
    if has_service(connection, name):
        raise IdentityError("identity.nameTaken", f"a service has the name {name!r}")


def has_service(connection: Connection, name: str) -> bool:
    found = select(TOKENS.c.id).where(TOKENS.c.owner.is_(None), TOKENS.c.name == name).limit(1)
    return connection.execute(found).first() is not None


def check_administrator(connection: Connection) -> None:
    """To be asked at the end of a change: from the first user on, there is an administrator who can sign in.

    Raises:
        IdentityError: `identity.lastAdministrator`; the transaction must not be committed.
    """
    if has_administrator(connection):
        return
    raise IdentityError(
        "identity.lastAdministrator",
        "nobody could administer the installation then: there must be a user with the role"
        f" {Role.ADMINISTRATOR.value!r} who has a way to sign in and is not disabled",
    )


def has_administrator(connection: Connection) -> bool:
    candidates = select(USERS.c.roles).where(
        USERS.c.disabled.is_(False),
        or_(USERS.c.password.is_not(None), USERS.c.issuer.is_not(None)),
        USERS.c.roles.contains(Role.ADMINISTRATOR.value),
    )
    return any(Role.ADMINISTRATOR in names_of(row.roles) for row in connection.execute(candidates))
