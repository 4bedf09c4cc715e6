import pytest

from airdock.database import Database
from airdock.identity import Identity, IdentityError
from airdock.identity.attempts import FREE_OF_NAME, FREE_OF_REMOTE
from tests.unit.identity.people import FAST, PASSWORD, Clock


def fail(identity: Identity, name: str, times: int, remote: str = "") -> None:
    for _ in range(times):
        assert identity.users.verify(name, "wrong password", remote) is None


def wait_of(identity: Identity, name: str, password: str = PASSWORD, remote: str = "") -> float | None:
    try:
        identity.users.verify(name, password, remote)
    except IdentityError as error:
        return error.retry_after if (error.code, error.status) == ("identity.tooManyAttempts", 429) else None
    return None


@pytest.mark.parametrize("name", ["ann", "nobody", "No/Name\x00", "\ud800", "x" * 5000])
def test_wait_grows_and_does_not_tell_whether_the_user_exists(
    identity: Identity, ann: str, clock: Clock, name: str
) -> None:
    fail(identity, name, FREE_OF_NAME)
    waits = []
    for _ in range(12):
        wait = wait_of(identity, name, "wrong password")
        assert wait is not None
        waits.append(wait)
        clock.go_on(wait)
        fail(identity, name, 1)
    assert waits == sorted(waits)
    assert waits[:3] == [2, 3, 5]
    assert waits[-1] == 301


def test_right_password_waits_too_and_then_makes_an_end_of_it(identity: Identity, ann: str, clock: Clock) -> None:
    fail(identity, ann, FREE_OF_NAME)
    wait = wait_of(identity, ann)
    assert wait is not None
    clock.go_on(wait)
    assert wait_of(identity, ann) is None
    fail(identity, ann, FREE_OF_NAME - 1)
    assert identity.users.verify(ann, PASSWORD) is not None


def test_others_do_not_wait(identity: Identity, ann: str, root: str) -> None:
    fail(identity, ann, FREE_OF_NAME)
    assert wait_of(identity, root) is None


def test_wait_holds_at_every_process(identity: Identity, database: Database, ann: str, clock: Clock) -> None:
    fail(identity, ann, FREE_OF_NAME)
    assert wait_of(Identity(database, passwords=FAST, clock=clock), ann) is not None


def test_address_that_tries_many_names_waits(identity: Identity, ann: str) -> None:
    for number in range(FREE_OF_REMOTE):
        fail(identity, f"user-{number}", 1, "192.0.2.1")
    assert wait_of(identity, ann, remote="192.0.2.1") is not None
    assert wait_of(identity, ann, remote="192.0.2.2") is None


def test_failures_are_forgotten_after_an_hour(identity: Identity, ann: str, clock: Clock) -> None:
    fail(identity, ann, FREE_OF_NAME)
    clock.go_on(3601)
    fail(identity, ann, FREE_OF_NAME - 1)
    assert wait_of(identity, ann) is None


def test_new_password_makes_an_end_of_the_wait(identity: Identity, ann: str, root: str) -> None:
    fail(identity, ann, FREE_OF_NAME)
    identity.users.set_password(ann, "another password", by=root)
    assert wait_of(identity, ann, "another password") is None


@pytest.mark.parametrize(
    ("tried", "same", "other"),
    [
        ("2001:db8::{}", "2001:db8::ffff", "2001:db8:0:1::1"),
        ("fe80::{}%eth0", "fe80::1%eth1", "fe81::1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"),
        ("unix:", "unix:", "elsewhere"),
    ],
)
def test_address_of_one_caller_counts_as_one(identity: Identity, ann: str, tried: str, same: str, other: str) -> None:
    for number in range(FREE_OF_REMOTE):
        fail(identity, f"user-{number}", 1, tried.format(number))
    assert wait_of(identity, ann, remote=other) is None
    assert wait_of(identity, ann, remote=same) is not None
