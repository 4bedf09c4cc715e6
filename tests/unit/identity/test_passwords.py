import statistics
import time

import pytest

from airdock.database import Database
from airdock.identity import Identity, IdentityError, Passwords
from airdock.identity.passwords import check_password
from tests.unit.identity.people import FAST, PASSWORD


@pytest.mark.parametrize("password", ["x" * 10, "x" * 1024, "pässwört mit \U0001f600", " spaces count "])
def test_password_is_accepted(password: str) -> None:
    check_password(password, "ann")
    assert FAST.verify(FAST.hash(password), password)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "too short"),
        ("x" * 9, "too short"),
        ("x" * 1025, "too long"),
        ("Ann.Lee-12", "user's name"),
        ("\ud800" + "x" * 10, "no character"),
    ],
)
def test_password_is_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(IdentityError, match=reason) as caught:
        check_password(password, "ann.lee-12")
    assert caught.value.code == "identity.password"


def test_way_of_typing_a_letter_does_not_matter() -> None:
    assert FAST.verify(FAST.hash("pässwört-pässwört"), "pässwört-pässwört")


@pytest.mark.parametrize("hash", [None, "", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_hash_that_is_none_fits_no_password(hash: str | None) -> None:
    assert not FAST.verify(hash, "nobody has this password")
    assert not FAST.verify(hash, "\ud800")


def test_longer_text_than_a_password_can_be_is_wrong() -> None:
    assert not FAST.verify(FAST.hash("x" * 1025), "x" * 1025)


def test_hash_is_renewed_when_the_costs_change(database: Database) -> None:
    Identity(database, passwords=FAST).users.create("ann", password=PASSWORD, roles=["administrator"], by="local")
    dearer = Passwords(rounds=2, memory=16)
    for _ in range(2):
        assert Identity(database, passwords=dearer).users.verify("ann", PASSWORD) is not None
    with database.reading() as connection:
        hash = connection.exec_driver_sql("SELECT password FROM users").scalar_one()
    assert "m=16,t=2" in hash
    assert not dearer.is_outdated(hash)


@pytest.mark.slow
def test_name_that_does_not_exist_takes_as_long_as_one_that_does(database: Database) -> None:
    identity = Identity(database)
    identity.users.create("ann", password=PASSWORD, roles=["administrator"], by="local")
    identity.users.create("bob", by="ann")

    def cost(name: str) -> float:
        begun = time.thread_time()
        assert identity.users.verify(name, "wrong password") is None
        return time.thread_time() - begun

    costs = {name: statistics.median(cost(name) for _ in range(3)) for name in ("ann", "bob", "nobody", "No/Name")}
    assert min(costs.values()) > 0.02
    assert max(costs.values()) < 2 * min(costs.values())
