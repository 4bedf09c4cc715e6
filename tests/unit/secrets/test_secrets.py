import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from airdock.database import Database, changes_since
from airdock.secrets import Secrets, SecretsError
from airdock.secrets.keyfile import FILE, NEXT

VALUE = "hunter2-is-not-shown"


def secrets_of(database: Database, home: Path | None = None, **settings: object) -> Secrets:
    return Secrets(database, home or database.home, environment={}, **settings)  # type: ignore[arg-type]


def code_of(caught: pytest.ExceptionInfo[SecretsError]) -> str:
    assert VALUE not in str(caught.value)
    assert VALUE not in repr(caught.value)
    return caught.value.code


def test_value_is_kept_read_and_removed(database: Database) -> None:
    secrets = secrets_of(database)
    assert secrets.read("shop.token") is None
    info = secrets.set("shop.token", VALUE, "ann")
    assert (info.name, info.source, info.by, info.problem) == ("shop.token", "database", "ann", "")
    assert secrets.read("shop.token") == secrets_of(database).read("shop.token") == VALUE
    assert secrets.list() == [info]
    secrets.set("shop.token", "other", "bob")
    assert secrets.read("shop.token") == "other"
    secrets.remove("shop.token")
    assert secrets.read("shop.token") is None
    assert secrets.list() == []


def test_database_holds_no_value(database: Database) -> None:
    secrets_of(database).set("token", VALUE, "ann")
    with database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM secrets")).all()
    assert VALUE not in str(rows)
    assert VALUE.encode() not in rows[0].ciphertext


@pytest.mark.parametrize("value", ["", "x" * 65537, "\ud800"])
def test_value_that_cannot_be_is_refused(database: Database, value: str) -> None:
    with pytest.raises(SecretsError) as caught:
        secrets_of(database).set("token", value, "ann")
    assert code_of(caught) == "secrets.value"


def test_any_text_is_kept_exactly(database: Database) -> None:
    secrets = secrets_of(database)
    for value in ("x" * 65536, "line\nline\n", "\x00", "ß😀", " "):
        secrets.set("token", value, "ann")
        assert secrets.read("token") == value


def test_name_that_cannot_be_is_refused_everywhere(database: Database) -> None:
    secrets = secrets_of(database)
    for use in (secrets.read, secrets.remove, lambda name: secrets.set(name, VALUE, "ann")):
        with pytest.raises(SecretsError) as caught:
            use("../etc")
        assert code_of(caught) == "secrets.name"


def test_environment_goes_before_files_and_files_before_the_database(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    environment: dict[str, str] = {}
    secrets = Secrets(database, database.home, folder=folder, environment=environment)
    secrets.set("shop.token", "kept", "ann")
    assert secrets.read("shop.token") == "kept"
    (folder / "shop.token").write_text("filed\n")
    assert secrets.read("shop.token") == "filed"
    assert [(each.name, each.source, each.by) for each in secrets.list()] == [("shop.token", "file", None)]
    environment |= {"AIRDOCK_SECRET_SHOP_TOKEN": "set", "AIRDOCK_SECRET_OTHER": "o"}
    assert secrets.read("shop.token") == "set"
    assert [(each.name, each.source) for each in secrets.list()] == [
        ("other", "environment"),
        ("shop.token", "environment"),
    ]
    assert secrets.set("shop.token", "kept", "ann").source == "environment"
    assert secrets.values() == ("kept", "filed", "set")


def test_file_that_cannot_be_read_is_told_in_the_list(database: Database, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("")
    assert "empty" in secrets_of(database, folder=tmp_path).list()[0].problem


def test_secret_from_elsewhere_or_of_nobody_cannot_be_removed(database: Database) -> None:
    secrets = Secrets(database, database.home, environment={"AIRDOCK_SECRET_A": "1"})
    for name, reason in (("a", "environment"), ("b", "no such")):
        with pytest.raises(SecretsError, match=reason) as caught:
            secrets.remove(name)
        assert code_of(caught) == "secrets.unknown"


def test_value_is_remembered_until_it_is_forgotten(database: Database) -> None:
    here, there = secrets_of(database), secrets_of(database)
    here.set("token", "one", "ann")
    assert there.read("token") == "one"
    here.set("token", "two", "ann")
    assert there.read("token") == "one"
    there.forget("token")
    assert there.read("token") == "two"
    here.remove("token")
    there.forget()
    assert there.read("token") is None
    assert there.values() == ("one", "two")


def test_change_is_told_to_every_process(database: Database) -> None:
    secrets = secrets_of(database)
    secrets.set("a", VALUE, "ann")
    secrets.remove("a")
    with database.reading() as connection:
        changes = changes_since(connection, 0)
    assert changes is not None
    assert [(each.topic, each.name) for each in changes] == [("secrets", "a")] * 2


def test_lost_key_is_told_and_nothing_is_lost(database: Database) -> None:
    secrets_of(database).set("a", VALUE, "ann")
    (database.home / FILE).rename(database.home / "elsewhere")
    secrets = secrets_of(database)
    for use in (lambda: secrets.read("a"), lambda: secrets.set("b", VALUE, "ann"), secrets.rotate):
        with pytest.raises(SecretsError, match="the secret a was encrypted with a key that") as caught:
            use()
        assert code_of(caught) == "secrets.key"
    assert "there is no key" in secrets.list()[0].problem
    assert not (database.home / FILE).exists()
    (database.home / "elsewhere").rename(database.home / FILE)
    assert secrets.read("a") == VALUE


def test_other_node_without_the_key_is_told(database: Database, tmp_path: Path) -> None:
    first, second = secrets_of(database), secrets_of(database, tmp_path / "second")
    first.set("a", VALUE, "ann")
    first.set("b", VALUE, "ann")
    with pytest.raises(SecretsError, match="the secrets a, b were encrypted") as caught:
        second.set("c", VALUE, "bob")
    assert code_of(caught) == "secrets.key"
    second.set("a", "new", "bob", overwrite=True)
    second.set("c", "new", "bob")
    with pytest.raises(SecretsError, match="the secret b was"):
        second.set("b", "new", "bob")
    with pytest.raises(SecretsError, match="the secret b was"):
        second.rotate()
    assert [bool(each.problem) for each in second.list()] == [False, True, False]
    assert first.read("b") == VALUE
    first.forget()
    with pytest.raises(SecretsError, match="the secret a was"):
        first.read("a")


def test_value_moved_to_another_name_is_not_read(database: Database) -> None:
    secrets = secrets_of(database)
    secrets.set("harmless", VALUE, "ann")
    with database.writing() as connection:
        connection.execute(text("UPDATE secrets SET name = 'admin'"))
    with pytest.raises(SecretsError) as caught:
        secrets.read("admin")
    assert code_of(caught) == "secrets.damaged"
    assert secrets.list()[0].problem
    with pytest.raises(SecretsError):
        secrets.rotate()
    secrets.set("admin", "new", "ann")
    assert secrets.read("admin") == "new"


def test_key_file_is_exchanged(database: Database) -> None:
    secrets = secrets_of(database)
    infos = [secrets.set(name, f"{VALUE}-{name}", "ann") for name in "abc"]
    old = (database.home / FILE).read_text()
    done = secrets.rotate()
    assert (done.secrets, done.place) == (3, str(database.home / FILE))
    assert (database.home / FILE).read_text() != old
    assert not (database.home / NEXT).exists()
    again = secrets_of(database)
    assert [again.read(name) for name in "abc"] == [f"{VALUE}-{name}" for name in "abc"]
    assert again.list() == infos


def test_rotation_without_secrets_makes_a_new_key(database: Database) -> None:
    secrets = secrets_of(database)
    secrets.rotate()
    first = (database.home / FILE).read_text()
    assert secrets.rotate().secrets == 0
    assert (database.home / FILE).read_text() != first
    assert not (database.home / NEXT).exists()


def test_setting_is_rotated_by_a_new_key_in_front(database: Database) -> None:
    old, new = "o" * 32, "n" * 40
    secrets_of(database, key=old).set("a", VALUE, "ann")
    both = secrets_of(database, key=f"{new},{old}")
    assert both.read("a") == VALUE
    assert both.rotate().secrets == 1
    assert both.rotate().secrets == 0
    assert secrets_of(database, key=new).read("a") == VALUE
    with pytest.raises(SecretsError):
        secrets_of(database, key=old).read("a")
    assert not (database.home / FILE).exists()


def test_key_file_is_replaced_by_the_setting(database: Database) -> None:
    secrets_of(database).set("a", VALUE, "ann")
    moved = secrets_of(database, key="n" * 32)
    assert moved.read("a") == VALUE
    assert moved.rotate().secrets == 1
    (database.home / FILE).unlink()
    assert secrets_of(database, key="n" * 32).read("a") == VALUE


def test_first_secrets_set_at_once_share_one_key(database: Database) -> None:
    threads = [
        threading.Thread(target=secrets_of(database).set, args=(f"name{number}", VALUE, "ann")) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [secrets_of(database).read(f"name{number}") for number in range(8)] == [VALUE] * 8


def test_readers_and_writers_go_on_while_the_key_is_rotated(database: Database) -> None:
    secrets_of(database).set("a", VALUE, "ann")
    failures: list[Exception] = []
    done = threading.Event()

    def use() -> None:
        secrets = secrets_of(database)
        while not done.is_set():
            secrets.forget()
            try:
                assert secrets.read("a") == VALUE
                secrets.set("b", VALUE, "bob")
            except Exception as error:  # noqa: BLE001 -- told below
                failures.append(error)
                return

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(8):
        secrets_of(database).rotate()
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
