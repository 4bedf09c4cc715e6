import contextlib
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from airdock.database import Database, DatabaseError
from airdock.identity import Action, Identity, IdentityError
from tests.unit.identity.people import PASSWORD, Clock


def test_entries_come_newest_first(identity: Identity, clock: Clock) -> None:
    identity.audit.note(None, "ann", Action.REGISTRY_PUBLISH, "shop", {"release": 3}, "192.0.2.1")
    clock.go_on(1)
    identity.audit.note(None, "bob", "registry.rollback", "shop")
    newest, oldest = identity.audit.list().items
    assert (newest.actor, newest.action, newest.details) == ("bob", "registry.rollback", {})
    assert (oldest.target, oldest.details, oldest.remote) == ("shop", {"release": 3}, "192.0.2.1")
    assert oldest.at == datetime.fromtimestamp(clock() - 1, UTC)


def test_entries_are_filtered(identity: Identity, clock: Clock) -> None:
    for number, (actor, action, target) in enumerate(
        [
            ("ann", "user.create", "bob"),
            ("ann", "user.roles", "bob"),
            ("eve", "secret.set", "bob"),
            ("eve", "backup", ""),
        ]
    ):
        clock.seconds = 1000.0 + number
        identity.audit.note(None, actor, action, target)

    def found(**filters: object) -> list[str]:
        return [record.action for record in identity.audit.list(**filters).items]  # type: ignore[arg-type]

    assert found(actor="ann") == ["user.roles", "user.create"]
    assert found(action="user.roles") == ["user.roles"]
    assert found(action="user") == ["user.roles", "user.create"]
    assert found(action="nothing") == []
    assert found(target="bob", actor="eve") == ["secret.set"]
    assert found(since=datetime.fromtimestamp(1002, UTC)) == ["backup", "secret.set"]
    assert found(until=datetime.fromtimestamp(1002, UTC)) == ["user.roles", "user.create"]


def test_entries_are_paged(identity: Identity) -> None:
    for number in range(5):
        identity.audit.note(None, "ann", "run.retry", str(number))
    seen: list[str] = []
    cursor = ""
    while True:
        page = identity.audit.list(limit=2, cursor=cursor)
        seen += [record.target for record in page.items]
        if page.next is None:
            break
        cursor = page.next
    assert seen == ["4", "3", "2", "1", "0"]
    for wrong in ("x", "-1", "9" * 30):
        with pytest.raises(IdentityError):
            identity.audit.list(cursor=wrong)


def test_entry_belongs_to_the_transaction_of_what_it_notes(identity: Identity, database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), database.writing() as connection:
        identity.audit.note(connection, "ann", Action.SECRET_SET, "key")
        raise ZeroDivisionError
    assert identity.audit.list().items == []


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"])
def test_database_refuses_to_change_entries(identity: Identity, database: Database, change: str) -> None:
    identity.audit.note(None, "ann", Action.BACKUP)
    with pytest.raises(DatabaseError, match="append-only"), database.writing() as connection:
        connection.execute(text(change))
    assert [record.actor for record in identity.audit.list().items] == ["ann"]


def test_truncating_is_refused_as_well(identity: Identity, database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), database.writing() as connection:
        connection.execute(text("TRUNCATE audit"))


def test_undeclared_action_is_refused(identity: Identity) -> None:
    with pytest.raises(ValueError, match="not a valid Action"):
        identity.audit.note(None, "ann", "user.frobnicate")


def test_details_hold_no_secrets(identity: Identity) -> None:
    details = {"password": "geheim-1", "name": "x", "list": [{"clientSecret": "geheim-2"}], "text": "token=geheim-3"}
    identity.audit.note(None, "ann", Action.SETTINGS_CHANGE, details=details)
    assert "geheim" not in repr(identity.audit.list())
    assert identity.audit.list().items[0].details["name"] == "x"


def test_long_and_strange_texts_are_kept_readable(identity: Identity) -> None:
    identity.audit.note(None, "a\x00b\n", Action.BACKUP, "x" * 1000, {"odd": "\ud800\x00"}, "\ud800")
    identity.audit.note(None, "ann", Action.BACKUP, details={"long": "x" * 10_000})
    long, strange = identity.audit.list().items
    assert long.details == {"omitted": 10_011}
    assert strange.actor == r"a\x00b\n"
    assert len(strange.target) == 300


def test_sign_ins_are_noted(identity: Identity, ann: str, root: str) -> None:
    identity.sign_in(ann, PASSWORD, "192.0.2.1")
    identity.sign_in(ann, "wrong password", "192.0.2.1")
    identity.sign_in("hunter2hunter2", "typed into the wrong field", "192.0.2.1")
    identity.users.change(ann, disabled=True, by=root)
    identity.sign_in(ann, PASSWORD, "192.0.2.1")
    noted = [
        (each.actor, each.action, each.target, each.details) for each in identity.audit.list(action="session").items
    ]
    assert noted == [
        ("", "session.failed", ann, {"reason": "disabled"}),
        ("", "session.failed", "", {"reason": "unknown user"}),
        ("", "session.failed", ann, {"reason": "wrong password"}),
        (ann, "session.begin", ann, {"by": "password"}),
    ]


def test_filters_of_any_kind_find_nothing_or_are_refused(identity: Identity) -> None:
    for strange in ("\x00", "\ud800", "x" * 10_000, ""):
        assert identity.audit.list(actor=strange, action=strange, target=strange).items == []
    with pytest.raises(IdentityError, match="offset"):
        identity.audit.list(since=datetime(2030, 1, 1))
