"""No password, token or session id is in what may be printed: descriptions of values, errors, and the database."""

import traceback
from collections.abc import Callable, Iterator

from airdock.database import Database
from airdock.identity import Authenticator, Identity, IdentityError, Principal
from tests.unit.identity.people import PASSWORD

WRONG = "wrong-geheim-password"
SHORT = "geheim-1"


def failures(identity: Identity, token: str) -> Iterator[IdentityError]:
    """What is raised around secrets."""
    attempts: list[Callable[[], object]] = [
        lambda: identity.users.create("bob", password=SHORT, by="x"),
        lambda: identity.users.set_password("nobody", WRONG, by="x"),
        lambda: identity.users.set_password("ann", SHORT, by="x"),
        lambda: identity.users.change_own_password("ann", WRONG, PASSWORD),
        lambda: identity.tokens.get(token),
        lambda: identity.tokens.revoke(token, by="x"),
        *[lambda: identity.users.verify("ann", WRONG)] * 6,
        lambda: identity.sign_in("ann", WRONG),
    ]
    for attempt in attempts:
        try:
            attempt()
        except IdentityError as error:
            yield error


def test_nothing_secret_is_told(identity: Identity, authenticator: Authenticator, ann: str) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    values = [
        *(made, signed_in, signed_in.session, identity, identity.users, identity.tokens, authenticator),
        *(authenticator.bearer(made.text), authenticator.basic(ann, PASSWORD), authenticator.session(signed_in.cookie)),
    ]
    errors = list(failures(identity, made.text))
    assert len(errors) >= 7
    told = [f"{value!r} {value!s}" for value in values]
    told += ["".join(traceback.format_exception_only(error)) + repr(error) for error in errors]
    told += [repr(page) for page in (identity.users.list(), identity.tokens.list(), identity.audit.list())]
    for secret in (PASSWORD, WRONG, SHORT, made.text[4:], signed_in.cookie, signed_in.session.csrf):
        assert [text for text in told if secret in text] == []


def test_nothing_secret_is_stored_as_it_is(identity: Identity, database: Database, ann: str) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    identity.sign_in(ann, WRONG)
    tables = ("users", "tokens", "sessions", "members", "attempts", "audit", "identity_keys", "changes")
    with database.reading() as connection:
        stored = repr([connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables])
    for secret in (PASSWORD, WRONG, made.text[4:], signed_in.cookie, signed_in.session.csrf):
        assert secret not in stored
