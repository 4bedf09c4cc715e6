from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from airdock.database import Database
from airdock.identity import UNKNOWN, Authenticator, Identity, IdentityError, Permission, Principal
from airdock.identity.token_text import make_text
from tests.unit.identity.people import FAST, PASSWORD, Clock


class Statements:
    """Counts what is asked of the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *_: object) -> None:
        self.count += 1


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    counter = Statements()
    engine = database._connected()
    event.listen(engine, "before_cursor_execute", counter)
    yield counter
    event.remove(engine, "before_cursor_execute", counter)


def test_installation_is_open_until_there_is_a_user(identity: Identity, authenticator: Authenticator) -> None:
    opened = [authenticator.is_open, authenticator.is_open]
    identity.users.create("root", password=PASSWORD, roles=["administrator"], by="local")
    assert [*opened, authenticator.is_open] == [True, True, False]


def test_open_installation_closes_for_a_process_that_is_told(database: Database, identity: Identity) -> None:
    other = Authenticator(Identity(database, passwords=FAST))
    opened = other.is_open
    identity.users.create("root", password=PASSWORD, roles=["administrator"], by="local")
    other.forget("root")
    assert (opened, other.is_open) == (True, False)
    other.close()


def test_token_is_recognised_from_memory(
    identity: Identity, authenticator: Authenticator, ann: str, statements: Statements
) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    assert authenticator.remembered_bearer(made.text) is UNKNOWN
    principal = authenticator.bearer(made.text)
    assert principal is not None
    assert principal.name == ann
    authenticator.flush()
    before = statements.count
    for _ in range(100):
        assert authenticator.bearer(made.text) is principal
        assert authenticator.remembered_bearer(made.text) is principal
    assert statements.count == before


def test_token_that_is_none_costs_the_database_little(
    authenticator: Authenticator, root: str, statements: Statements
) -> None:
    unknown = make_text()
    assert authenticator.bearer(unknown) is None
    before = statements.count
    for text in (unknown, unknown[:-1], "", "adk_x", "ü", "\ud800", "Bearer x"):
        assert authenticator.bearer(text) is None
        assert authenticator.remembered_bearer(text) is None
    assert statements.count == before


def test_change_is_taken_in_at_once_where_it_was_made(
    identity: Identity, authenticator: Authenticator, ann: str, root: str
) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    assert authenticator.bearer(made.text) is not None
    identity.users.change(ann, roles=["viewer"], by=root)
    principal = authenticator.bearer(made.text)
    assert principal is not None
    assert principal.roles == {"viewer"}
    identity.tokens.revoke(made.token.id, by=root)
    assert authenticator.bearer(made.text) is None


@pytest.mark.parametrize("told", ["ann", None])
def test_change_is_taken_in_elsewhere_when_told(
    database: Database, identity: Identity, ann: str, told: str | None
) -> None:
    other = Authenticator(Identity(database, passwords=FAST))
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    assert other.bearer(made.text) is not None
    assert other.basic(ann, PASSWORD) is not None
    identity.users.change(ann, disabled=True, by="root")
    other.forget("somebody-else")
    assert other.bearer(made.text) is not None
    other.forget(told)
    assert other.bearer(made.text) is None
    assert other.basic(ann, PASSWORD) is None
    other.close()


def test_token_in_memory_expires(identity: Identity, authenticator: Authenticator, ann: str, clock: Clock) -> None:
    expires = datetime.fromtimestamp(clock() + 60, UTC)
    made = identity.tokens.create_personal(Principal(ann), "laptop", expires=expires)
    assert authenticator.bearer(made.text) is not None
    clock.go_on(60)
    assert authenticator.bearer(made.text) is None


def test_password_is_verified_once(
    identity: Identity, authenticator: Authenticator, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert authenticator.remembered_basic(ann, PASSWORD) is UNKNOWN
    principal = authenticator.basic(ann, PASSWORD)
    assert principal == Principal(ann, frozenset({"developer", "Sales"}))
    assert authenticator.basic(ann, "wrong password") is None
    monkeypatch.setattr(identity.users, "verify", None)
    assert authenticator.basic(ann, PASSWORD) is principal
    assert authenticator.basic(ann, "wrong password") is None


def test_new_password_is_taken_in(identity: Identity, authenticator: Authenticator, ann: str, root: str) -> None:
    assert authenticator.basic(ann, PASSWORD) is not None
    assert authenticator.basic(ann, "another password") is None
    identity.users.set_password(ann, "another password", by=root)
    assert authenticator.basic(ann, PASSWORD) is None
    assert authenticator.basic(ann, "another password") is not None


def test_name_and_password_are_told_apart(authenticator: Authenticator, ann: str) -> None:
    assert authenticator.basic(ann, PASSWORD) is not None
    assert authenticator.basic(ann + PASSWORD[:1], PASSWORD[1:]) is None
    assert authenticator.basic("", ann + PASSWORD) is None
    assert authenticator.basic("\ud800", "\ud800") is None


def test_guesses_wait(authenticator: Authenticator, ann: str) -> None:
    for number in range(5):
        assert authenticator.basic(ann, f"wrong password {number}") is None
    with pytest.raises(IdentityError) as caught:
        authenticator.basic(ann, "wrong password 5")
    assert caught.value.code == "identity.tooManyAttempts"


def test_session_is_recognised(identity: Identity, authenticator: Authenticator, ann: str) -> None:
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    assert authenticator.session(signed_in.cookie) == (signed_in.principal, signed_in.session)
    for text in ("", "x" * 43, "\ud800", signed_in.cookie[:-1]):
        assert authenticator.session(text) is None
    identity.sign_out(signed_in.cookie)
    assert authenticator.session(signed_in.cookie) is None


def test_session_that_is_used_does_not_end(
    identity: Identity, authenticator: Authenticator, ann: str, clock: Clock
) -> None:
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    for _ in range(10):
        clock.go_on(1800)
        assert authenticator.session(signed_in.cookie) is not None
        authenticator.flush()
    clock.go_on(3601)
    assert authenticator.session(signed_in.cookie) is None


def test_session_used_at_another_process_goes_on_here(
    identity: Identity, authenticator: Authenticator, database: Database, ann: str, clock: Clock
) -> None:
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    assert authenticator.session(signed_in.cookie) is not None
    other = Authenticator(Identity(database, session_age=3600.0, passwords=FAST, clock=clock))
    clock.go_on(3000)
    assert other.session(signed_in.cookie) is not None
    other.flush()
    clock.go_on(3000)
    assert authenticator.session(signed_in.cookie) is not None
    other.close()


def test_last_uses_are_written_once_a_minute(
    identity: Identity, authenticator: Authenticator, ann: str, clock: Clock, statements: Statements
) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    begun = datetime.fromtimestamp(clock(), UTC)
    authenticator.bearer(made.text)
    authenticator.flush()
    assert identity.tokens.get(made.token.id).last_used == begun
    assert identity.users.get(ann).last_seen == begun
    clock.go_on(30)
    before = statements.count
    authenticator.bearer(made.text)
    authenticator.flush()
    assert statements.count == before
    clock.go_on(30)
    authenticator.bearer(made.text)
    authenticator.flush()
    assert identity.tokens.get(made.token.id).last_used == datetime.fromtimestamp(clock(), UTC)


def test_last_uses_are_written_in_the_background(identity: Identity, ann: str) -> None:
    authenticator = Authenticator(identity)
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    authenticator.bearer(made.text)
    authenticator.close()
    assert identity.tokens.get(made.token.id).last_used is not None


def test_members_are_looked_up_in_memory(
    identity: Identity, authenticator: Authenticator, ann: str, root: str, statements: Statements
) -> None:
    principal = Principal(ann, frozenset({"developer"}))
    assert authenticator.may(principal, Permission.WORKSPACE, "shop")
    identity.members.put("shop", {root: []}, by=root)
    assert not authenticator.may(principal, Permission.WORKSPACE, "shop")
    before = statements.count
    for _ in range(100):
        assert not authenticator.sees(principal, "shop")
        assert authenticator.may(principal, Permission.WORKSPACE, "bank")
    assert authenticator.members("shop") == {root: frozenset()}
    assert authenticator.members("bank") == {}
    assert authenticator.may_somewhere(principal, Permission.WORKSPACE)
    assert Permission.WORKSPACE in authenticator.permissions(principal)
    assert statements.count == before
