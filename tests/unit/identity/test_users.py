import threading
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from airdock.database import Database, changes_since
from airdock.identity import Identity, IdentityError, Preferences, Principal
from tests.unit.identity.people import FAST, PASSWORD


def refused(code: str) -> "pytest.RaisesExc[IdentityError]":
    return pytest.RaisesExc(IdentityError, check=lambda error: error.code == code)


def test_user_is_made_and_read(identity: Identity, root: str) -> None:
    made = identity.users.create(
        "ann", password=PASSWORD, roles=["developer", "Sales"], display_name="Ann Lee", email="ann@example.com", by=root
    )
    assert identity.users.get("ann") == made
    assert (made.display_name, made.email) == ("Ann Lee", "ann@example.com")
    assert made.roles == {"developer", "Sales"}
    assert (made.disabled, made.external, made.has_password, made.last_seen) == (False, False, True, None)
    assert made.created.tzinfo is not None


def test_first_user_is_an_administrator(identity: Identity) -> None:
    assert not identity.users.exist()
    assert not identity.users.has_administrator()
    with refused("identity.lastAdministrator"):
        identity.users.create("ann", password=PASSWORD, roles=["viewer"], by="local")
    with refused("identity.lastAdministrator"):
        identity.users.create("ann", roles=["administrator"], by="local")
    assert not identity.users.exist()
    identity.users.create("ann", password=PASSWORD, roles=["administrator"], by="local")
    assert identity.users.exist()
    assert identity.users.has_administrator()


def test_role_that_only_contains_the_word_is_not_that_of_an_administrator(identity: Identity, root: str) -> None:
    identity.users.create("ann", password=PASSWORD, roles=['x"administrator"x', "administrators"], by=root)
    with refused("identity.lastAdministrator"):
        identity.users.remove(root, by=root)


def test_name_is_taken_once(identity: Identity, root: str) -> None:
    with refused("identity.nameTaken"):
        identity.users.create(root, by=root)


def test_unknown_user_is_told(identity: Identity, root: str) -> None:
    for name in ("nobody", "no/name", "\x00"):
        assert identity.users.find(name) is None
        with refused("identity.unknownUser"):
            identity.users.get(name)
        with refused("identity.unknownUser"):
            identity.users.change(name, email="a@example.com", by=root)
        with refused("identity.unknownUser"):
            identity.users.remove(name, by=root)


def test_users_are_listed_by_pages(identity: Identity, root: str) -> None:
    for number in range(5):
        identity.users.create(f"user-{number}", by=root)
    first = identity.users.list(limit=4)
    assert [user.name for user in first.items] == ["root", "user-0", "user-1", "user-2"]
    assert first.next == "user-2"
    rest = identity.users.list(limit=4, cursor=first.next)
    assert [user.name for user in rest.items] == ["user-3", "user-4"]
    assert rest.next is None
    for limit in (0, 201):
        with refused("identity.value"):
            identity.users.list(limit=limit)


def test_what_is_given_is_changed(identity: Identity, ann: str, root: str) -> None:
    changed = identity.users.change(ann, display_name="Ann", roles=["viewer"], by=root)
    assert (changed.display_name, changed.email) == ("Ann", "")
    assert changed.roles == {"viewer"}
    assert identity.users.change(ann, email="ann@example.com", by=root).display_name == "Ann"
    noted = [(record.action, record.details) for record in identity.audit.list(target=ann).items]
    assert noted[:3] == [
        ("user.change", {"changed": ["email"]}),
        ("user.change", {"changed": ["display_name"]}),
        ("user.roles", {"before": ["Sales", "developer"], "after": ["viewer"]}),
    ]


def test_nothing_is_noted_where_nothing_changes(identity: Identity, ann: str, root: str) -> None:
    before = identity.audit.list().items
    identity.users.change(ann, roles=["Sales", "developer"], disabled=False, by=root)
    assert identity.audit.list().items == before


def test_change_is_told_to_all_processes(identity: Identity, database: Database, ann: str, root: str) -> None:
    identity.users.change(ann, roles=[], by=root)
    with database.reading() as connection:
        changes = changes_since(connection, 0)
    assert changes is not None
    assert {change.topic for change in changes} == {"identity"}
    assert [change.name for change in changes] == [root, ann, ann]


def test_password_signs_in(identity: Identity, ann: str) -> None:
    found = identity.users.verify(ann, PASSWORD)
    assert found is not None
    assert found.name == ann
    for name, password in (("ann", "wrong password"), ("Ann", PASSWORD), ("nobody", PASSWORD), ("", ""), ("\x00", "")):
        assert identity.users.verify(name, password) is None


def test_password_is_changed(identity: Identity, ann: str, root: str) -> None:
    identity.users.set_password(ann, "another password", by=root)
    assert identity.users.verify(ann, PASSWORD) is None
    assert identity.users.verify(ann, "another password") is not None


def test_own_password_is_changed_by_who_knows_it(identity: Identity, ann: str) -> None:
    with refused("identity.credentials"):
        identity.users.change_own_password(ann, "wrong password", "another password")
    identity.users.change_own_password(ann, PASSWORD, "another password")
    assert identity.users.verify(ann, "another password") is not None


def test_user_without_a_password_cannot_sign_in(identity: Identity, root: str) -> None:
    identity.users.create("bob", by=root)
    assert identity.users.verify("bob", "") is None
    assert identity.users.verify("bob", "nobody has this password") is None


def test_disabled_user_cannot_sign_in(identity: Identity, ann: str, root: str) -> None:
    identity.users.change(ann, disabled=True, by=root)
    assert identity.users.verify(ann, PASSWORD) is None
    identity.users.change(ann, disabled=False, by=root)
    assert identity.users.verify(ann, PASSWORD) is not None


def test_with_a_user_goes_what_belongs_to_them(identity: Identity, ann: str, root: str) -> None:
    identity.tokens.create_personal(Principal(ann), "laptop")
    identity.members.put("shop", {ann: ["publisher"], root: []}, by=root)
    identity.preferences.put(ann, Preferences(auto_activate=True))
    assert identity.sign_in(ann, PASSWORD) is not None
    identity.users.remove(ann, by=root)
    again = identity.users.create(ann, by=root)
    assert again.roles == frozenset()
    assert identity.tokens.list(owner=ann).items == []
    assert list(identity.members.get("shop")) == [root]
    assert identity.preferences.get(ann) == Preferences()


def test_preferences_are_kept(identity: Identity, ann: str) -> None:
    assert identity.preferences.get("local") == Preferences(auto_activate=False)
    for wanted in (True, False, True):
        identity.preferences.put(ann, Preferences(auto_activate=wanted))
        assert identity.preferences.get(ann).auto_activate is wanted


@pytest.mark.parametrize("text", [" x", "x" * 201, "a\nb"])
def test_text_that_is_no_line_is_refused(identity: Identity, root: str, text: str) -> None:
    with refused("identity.value"):
        identity.users.change(root, display_name=text, by=root)
    with refused("identity.value"):
        identity.users.create("ann", email=text, by=root)


class Administration(RuleBasedStateMachine):
    """Whatever administrators do, somebody can administer afterwards."""

    identity: Identity
    names = st.sampled_from(["ann", "bob", "eve"])
    roles = st.sets(st.sampled_from(["administrator", "viewer", "User"]))

    def attempt(self, act: "Callable[[], object]") -> None:
        try:
            act()
        except IdentityError as error:
            if error.code not in ("identity.lastAdministrator", "identity.unknownUser", "identity.nameTaken"):
                raise

    @initialize()
    def empty(self) -> None:
        with self.identity.store.database.writing() as connection:
            for table in ("tokens", "sessions", "users"):
                connection.exec_driver_sql(f"DELETE FROM {table}")

    @rule(name=names, roles=roles, password=st.none() | st.just(PASSWORD))
    def create(self, name: str, roles: set[str], password: str | None) -> None:
        self.attempt(lambda: self.identity.users.create(name, password=password, roles=roles, by="x"))

    @rule(name=names, roles=st.none() | roles, disabled=st.none() | st.booleans())
    def change(self, name: str, roles: set[str] | None, disabled: bool | None) -> None:
        self.attempt(lambda: self.identity.users.change(name, roles=roles, disabled=disabled, by="x"))

    @rule(name=names)
    def remove(self, name: str) -> None:
        self.attempt(lambda: self.identity.users.remove(name, by="x"))

    @rule(name=names)
    def set_password(self, name: str) -> None:
        self.attempt(lambda: self.identity.users.set_password(name, PASSWORD, by="x"))

    @invariant()
    def somebody_can_administer(self) -> None:
        users = self.identity.users.list().items
        able = [user for user in users if "administrator" in user.roles and user.has_password and not user.disabled]
        assert able or not users
        assert self.identity.users.has_administrator() == bool(able)


@pytest.mark.slow
def test_last_administrator_stays_whatever_is_done(database: Database) -> None:
    Administration.identity = Identity(database, passwords=FAST)
    run_state_machine_as_test(Administration, settings=settings(max_examples=15, stateful_step_count=20))


def test_two_administrators_cannot_remove_each_other_at_once(identity: Identity, root: str) -> None:
    identity.users.create("ann", password=PASSWORD, roles=["administrator"], by=root)
    refusals: list[IdentityError] = []

    def remove(name: str) -> None:
        try:
            identity.users.remove(name, by="x")
        except IdentityError as error:
            refusals.append(error)

    threads = [threading.Thread(target=remove, args=(name,)) for name in (root, "ann")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.code for error in refusals] == ["identity.lastAdministrator"]
    assert len(identity.users.list().items) == 1
