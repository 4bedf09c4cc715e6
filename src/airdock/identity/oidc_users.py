"""The users behind the people who sign in at a provider."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from airdock.identity.audit import Action
from airdock.identity.errors import IdentityError
from airdock.identity.identity import Identity, SignedIn
from airdock.identity.names import numbered
from airdock.identity.oidc_person import Person
from airdock.identity.permissions import Role
from airdock.identity.principal import Principal
from airdock.identity.records import names_of, names_text
from airdock.identity.rows import check_administrator, find_user, get_user, has_administrator, has_service
from airdock.identity.tables import USERS
from airdock.identity.users import add_user, change_user

_MOST_NAMESAKES = 1000


def sign_in(identity: Identity, person: Person, remote: str) -> SignedIn:
    """Begins a session of the user who is this person, who is made or brought up to date before.

    Raises:
        IdentityError: `identity.disabled`; `identity.lastAdministrator`, if there is no user yet and this one would
            not be an administrator.
    """
    with identity.store.reading() as connection:
        row = _find(connection, person)
        name = row.name if row is not None else _free_name(connection, person.name)
    with identity.store.changing(name) as connection:
        row = _find(connection, person)
        if row is None:
            # The name may have been taken since.
            row = _add(identity, connection, person, _free_name(connection, name), remote)
        disabled = row.disabled
        if disabled:
            identity.audit.note(connection, "", Action.SESSION_FAILED, row.name, {"reason": "disabled"}, remote)
        else:
            signed_in = _begin(identity, connection, row, person, remote)
    if disabled:
        raise IdentityError("identity.disabled", f"the user {row.name!r} is disabled: ask an administrator")
    return signed_in


def _begin(identity: Identity, connection: Connection, row: Row[Any], person: Person, remote: str) -> SignedIn:
    _update(identity, connection, row, person, remote)
    roles = names_of(get_user(connection, row.name).roles)
    cookie, session = identity.sessions.begin(connection, row.name)
    details = {"by": "OpenID Connect", "issuer": person.issuer}
    identity.audit.note(connection, row.name, Action.SESSION_BEGIN, row.name, details, remote)
    return SignedIn(Principal(row.name, roles), session, cookie)


def _find(connection: Connection, person: Person) -> Row[Any] | None:
    query = select(USERS).where(USERS.c.issuer == person.issuer, USERS.c.subject == person.subject)
    return connection.execute(query).one_or_none()


def _free_name(connection: Connection, name: str) -> str:
    """The name, or one with a number if somebody else has it: nobody gets what belongs to another of their name."""
    for candidate in (name, *(numbered(name, number) for number in range(2, _MOST_NAMESAKES))):
        if find_user(connection, candidate) is None and not has_service(connection, candidate):
            return candidate
    raise IdentityError("identity.nameTaken", f"too many users have names like {name!r}")


def _add(identity: Identity, connection: Connection, person: Person, name: str, remote: str) -> Row[Any]:
    row = {
        "name": name,
        "display_name": person.display_name,
        "email": person.email,
        "roles": names_text(person.roles or ()),
        "disabled": False,
        "issuer": person.issuer,
        "subject": person.subject,
        "created": identity.store.now(),
    }
    add_user(connection, identity.audit, row, name, remote)
    check_administrator(connection)
    return get_user(connection, name)


def _update(identity: Identity, connection: Connection, row: Row[Any], person: Person, remote: str) -> None:
    roles = row.roles if person.roles is None else names_text(person.roles)
    told = {"display_name": person.display_name, "email": person.email, "roles": roles}
    changed = {key: value for key, value in told.items() if value != getattr(row, key)}
    if not changed:
        return
    change_user(connection, identity.audit, row, changed, row.name, remote)
    if not has_administrator(connection):
        # The provider may not lock everybody out: the last administrator stays one.
        kept = names_text(names_of(roles) | {Role.ADMINISTRATOR.value})
        connection.execute(update(USERS).where(USERS.c.name == row.name).values(roles=kept))
        details = {"kept": Role.ADMINISTRATOR.value, "reason": "the last administrator"}
        identity.audit.note(connection, row.name, Action.USER_ROLES, row.name, details, remote)
