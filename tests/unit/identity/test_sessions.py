import threading

from sqlalchemy import select

from airdock.database import Database
from airdock.identity import Identity, Principal, is_csrf
from airdock.identity.sessions import LONGEST_AGE, hash_of
from airdock.identity.tables import SESSIONS
from tests.unit.identity.people import PASSWORD, Clock


def sign_in(identity: Identity, name: str = "ann") -> str:
    signed_in = identity.sign_in(name, PASSWORD, "192.0.2.1")
    assert signed_in is not None
    return signed_in.cookie


def test_sign_in_begins_a_session_with_an_id_of_its_own(identity: Identity, ann: str) -> None:
    signed_in = identity.sign_in(ann, PASSWORD)
    assert signed_in is not None
    assert signed_in.principal == Principal(ann, frozenset({"developer", "Sales"}))
    assert identity.sessions.resolve(signed_in.cookie) == (signed_in.principal, signed_in.session)
    again = identity.sign_in(ann, PASSWORD)
    assert again is not None
    assert again.cookie != signed_in.cookie
    assert again.session.csrf != signed_in.session.csrf


def test_id_is_stored_as_a_hash(identity: Identity, database: Database, ann: str) -> None:
    cookie = sign_in(identity)
    with database.reading() as connection:
        rows = connection.execute(select(SESSIONS)).all()
    assert [row.hash for row in rows] == [hash_of(cookie)]
    assert cookie not in repr(rows)


def test_wrong_password_begins_none(identity: Identity, ann: str) -> None:
    assert identity.sign_in(ann, "wrong password") is None
    assert identity.sign_in("nobody", PASSWORD) is None


def test_session_ends_when_idle(identity: Identity, ann: str, clock: Clock) -> None:
    cookie = sign_in(identity)
    clock.go_on(3599)
    assert identity.sessions.resolve(cookie) is not None
    clock.go_on(1)
    assert identity.sessions.resolve(cookie) is None


def test_session_ends_by_age_however_much_it_is_used(
    database: Database, identity: Identity, ann: str, clock: Clock
) -> None:
    unhurried = Identity(database, session_age=10 * LONGEST_AGE, clock=clock)
    cookie = sign_in(identity)
    clock.go_on(LONGEST_AGE - 1)
    assert unhurried.sessions.resolve(cookie) is not None
    clock.go_on(1)
    assert unhurried.sessions.resolve(cookie) is None


def test_sessions_that_are_over_are_cleared_away(
    identity: Identity, database: Database, ann: str, clock: Clock
) -> None:
    sign_in(identity)
    clock.go_on(3601)
    sign_in(identity)
    with database.reading() as connection:
        assert len(connection.execute(select(SESSIONS)).all()) == 1


def test_sign_out_ends_one_session(identity: Identity, ann: str) -> None:
    first, second = sign_in(identity), sign_in(identity)
    identity.sign_out(first)
    identity.sign_out(first)
    identity.sign_out("nothing")
    assert identity.sessions.resolve(first) is None
    assert identity.sessions.resolve(second) is not None
    assert [record.actor for record in identity.audit.list(action="session.end").items] == [ann]


def test_new_password_ends_all_sessions(identity: Identity, ann: str) -> None:
    cookies = [sign_in(identity), sign_in(identity)]
    other = sign_in(identity, "root")
    identity.users.set_password(ann, "another password", by="root")
    assert [identity.sessions.resolve(cookie) for cookie in cookies] == [None, None]
    assert identity.sessions.resolve(other) is not None


def test_disabled_user_is_signed_out_for_good(identity: Identity, ann: str) -> None:
    cookie = sign_in(identity)
    identity.users.change(ann, disabled=True, by="root")
    assert identity.sessions.resolve(cookie) is None
    identity.users.change(ann, disabled=False, by="root")
    assert identity.sessions.resolve(cookie) is None


def test_user_is_signed_out_everywhere(identity: Identity, ann: str) -> None:
    cookies = [sign_in(identity), sign_in(identity)]
    assert identity.sessions.end_all(ann, by="root") == 2
    assert [identity.sessions.resolve(cookie) for cookie in cookies] == [None, None]


def test_csrf_belongs_to_its_session(identity: Identity, ann: str) -> None:
    found = [identity.sessions.resolve(sign_in(identity)) for _ in range(2)]
    first, second = (each[1] for each in found if each is not None)
    assert is_csrf(first, first.csrf)
    for wrong in ("", second.csrf, first.csrf.upper(), "ü", "\ud800"):
        assert not is_csrf(first, wrong)


def test_sign_in_during_a_change_of_the_password_does_not_outlive_it(identity: Identity, ann: str) -> None:
    """What was verified is looked at again in the transaction that begins the session."""
    verified, changed = threading.Event(), threading.Event()
    verify = identity._credentials.verify

    def slow(*arguments: str) -> object:
        row = verify(*arguments)
        verified.set()
        assert changed.wait(30)
        return row

    identity._credentials.verify = slow  # type: ignore[method-assign, assignment]
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(identity.sign_in(ann, PASSWORD)))
    thread.start()
    assert verified.wait(30)
    identity.users.set_password(ann, "another password", by="root")
    changed.set()
    thread.join()
    assert results == [None]
