"""Tokens: personal ones, which speak for a user, and those of services."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select
from uuid_utils import uuid7

from airdock.identity.audit import Action, Audit
from airdock.identity.errors import IdentityError
from airdock.identity.limits import Limits, check_expiry, check_scopes, check_within
from airdock.identity.names import check_name, check_roles, check_text, shown
from airdock.identity.permissions import Permission
from airdock.identity.principal import Principal
from airdock.identity.records import (
    MadeToken,
    Page,
    Token,
    moment,
    moment_or_none,
    names_of,
    names_text,
    page_size,
    paged,
)
from airdock.identity.rows import find_user, get_user, has_service
from airdock.identity.store import Store
from airdock.identity.tables import MEMBERS, TOKENS, USERS
from airdock.identity.token_text import PREFIX, hash_of, is_token, make_text


class Tokens:
    """The tokens. Their texts are kept nowhere: what is stored is a hash."""

    def __init__(self, store: Store, audit: Audit) -> None:
        self._store = store
        self._audit = audit

    def create_personal(
        self,
        by: Principal,
        name: str,
        *,
        user: str | None = None,
        scopes: Iterable[str] | None = None,
        projects: Iterable[str] | None = None,
        expires: datetime | None = None,
        remote: str = "",
    ) -> MadeToken:
        """Makes a token that speaks for a user, with the roles that the user has whenever it is used.

        Args:
            by: Who makes it. A token makes only tokens that are as limited as itself.
            name: What its owner calls it.
            user: The owner, `by` if left out.
            scopes, projects: What it is limited to; None for no limit.

        Raises:
            IdentityError: `identity.unknownUser`, `identity.value`, `identity.scope`, `identity.expiry`,
                `identity.forbidden`
        """
        owner = by.name if user is None else user
        row = self._row(by, check_text("the name of the token", name, empty=False), scopes, projects, expires)
        with self._store.changing(owner) as connection:
            get_user(connection, owner)
            return self._add(connection, {**row, "owner": owner, "roles": names_text(())}, by, remote)

    def create_service(
        self,
        by: Principal,
        name: str,
        roles: Iterable[str],
        *,
        scopes: Iterable[str] | None = None,
        projects: Iterable[str] | None = None,
        expires: datetime | None = None,
        remote: str = "",
    ) -> MadeToken:
        """Makes a token of a service: a caller of its own, by this name. Several may have the name, to replace one.

        Raises:
            IdentityError: `identity.name`, `identity.nameTaken`, `identity.role`, `identity.scope`,
                `identity.expiry`, `identity.forbidden`
        """
        row = self._row(by, check_name(name), scopes, projects, expires)
        row["roles"] = names_text(check_roles(roles))
        with self._store.changing(name) as connection:
            if find_user(connection, name) is not None:
                raise IdentityError("identity.nameTaken", f"there is a user {name!r}: a service has another name")
            return self._add(connection, {**row, "owner": None}, by, remote)

    def get(self, id: str) -> Token:
        """
        Raises:
            IdentityError: `identity.unknownToken`
        """
        with self._store.reading() as connection:
            return token_of(_get(connection, id))

    def list(self, *, owner: str | None = None, limit: int = 50, cursor: str = "") -> Page[Token]:
        """Tokens, the oldest first, without their texts.

        Args:
            owner: Only those of this user or service.

        Raises:
            IdentityError: `identity.value`
        """
        query = select(TOKENS).order_by(TOKENS.c.id).limit(page_size(limit) + 1)
        if owner is not None:
            check = check_name(owner)
            query = query.where(or_(TOKENS.c.owner == check, TOKENS.c.owner.is_(None) & (TOKENS.c.name == check)))
        if cursor:
            query = query.where(TOKENS.c.id > check_text("the cursor", cursor))
        with self._store.reading() as connection:
            tokens = [token_of(row) for row in connection.execute(query)]
        return paged(tokens, limit, [token.id for token in tokens])

    def revoke(self, id: str, *, by: str, remote: str = "") -> None:
        """Ends a token. With the last token of a service its memberships end, too.

        Raises:
            IdentityError: `identity.unknownToken`
        """
        owner = self.get(id).owner
        with self._store.changing(owner) as connection:
            row = _get(connection, id)
            connection.execute(delete(TOKENS).where(TOKENS.c.id == id))
            if row.owner is None and not has_service(connection, owner):
                # Whoever gets the name later must not get what the service was allowed.
                connection.execute(delete(MEMBERS).where(MEMBERS.c.name == owner))
            details = {"name": row.name, "owner": owner}
            self._audit.note(connection, by, Action.TOKEN_REVOKE, id, details, remote)

    def resolve(self, text: str) -> tuple[Principal, float | None] | None:
        """Whom a token's text speaks for, and until when; None for one that is unknown, over, or of a disabled user."""
        if not is_token(text):
            return None
        query = (
            select(TOKENS, USERS.c.roles.label("user_roles"), USERS.c.disabled)
            .join(USERS, USERS.c.name == TOKENS.c.owner, isouter=True)
            .where(TOKENS.c.hash == hash_of(text))
        )
        with self._store.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.disabled or (row.expires is not None and row.expires <= self._store.now()):
            return None
        return _principal(row), row.expires

    def _row(
        self,
        by: Principal,
        name: str,
        scopes: Iterable[str] | None,
        projects: Iterable[str] | None,
        expires: datetime | None,
    ) -> dict[str, Any]:
        limits = check_within(by, Limits(check_scopes(scopes), None if projects is None else frozenset(projects)))
        return {
            "name": name,
            "scopes": None if limits.scopes is None else names_text(limits.scopes),
            "projects": None if limits.projects is None else names_text(limits.projects),
            "expires": check_expiry(expires, self._store.now()),
        }

    def _add(self, connection: Connection, row: dict[str, Any], by: Principal, remote: str) -> MadeToken:
        text, id = make_text(), str(uuid7())
        made = {"id": id, "hash": hash_of(text), "created": self._store.now(), "created_by": by.name}
        connection.execute(insert(TOKENS).values({**row, **made}))
        token = token_of(_get(connection, id))
        details: dict[str, Any] = {"name": token.name, "kind": token.kind, "owner": token.owner, "roles": token.roles}
        limits: dict[str, Any] = {"scopes": token.scopes, "projects": token.projects, "expires": token.expires}
        details |= {key: value for key, value in limits.items() if value is not None}
        self._audit.note(connection, by.name, Action.TOKEN_CREATE, id, details, remote)
        return MadeToken(token, text)


def token_of(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        kind="service" if row.owner is None else "personal",
        owner=row.name if row.owner is None else row.owner,
        roles=names_of(row.roles),
        scopes=_scopes(row.scopes),
        projects=None if row.projects is None else names_of(row.projects),
        created=moment(row.created),
        created_by=row.created_by,
        expires=moment_or_none(row.expires),
        last_used=moment_or_none(row.last_used),
    )


def _principal(row: Row[Any]) -> Principal:
    return Principal(
        row.name if row.owner is None else row.owner,
        names_of(row.roles if row.owner is None else row.user_roles),
        "service" if row.owner is None else "user",
        _scopes(row.scopes),
        None if row.projects is None else names_of(row.projects),
        row.id,
    )


def _scopes(text: str | None) -> frozenset[Permission] | None:
    # A permission that a later version knows is left out: a limit never grows by itself.
    return None if text is None else frozenset(each for each in Permission if each in names_of(text))


def _get(connection: Connection, id: str) -> Row[Any]:
    row = connection.execute(select(TOKENS).where(TOKENS.c.id == id)).one_or_none() if id.isprintable() else None
    if row is None:
        # Whoever gives the text in place of the id must not find it in a log.
        named = "with a token's text as its id" if id.startswith(PREFIX) else shown(id)
        raise IdentityError("identity.unknownToken", f"there is no token {named}")
    return row
