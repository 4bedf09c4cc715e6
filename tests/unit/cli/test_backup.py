import json
import stat
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.identity import Identity
from airdock.secrets import Sealing, Secrets
from airdock.stores.sql import SqlStore
from tests.unit.cli.program import Program


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with a secret."""
    home = tmp_path / "home"
    monkeypatch.setenv("AIRDOCK_HOME", str(home))
    database = Database(home)
    database.open()
    Secrets(database, home).set("shop.token", "hunter2-is-not-shown", "local")
    database.close()
    return home


def test_installation_is_written_and_says_where_the_key_is(airdock: Program, home: Path, tmp_path: Path) -> None:
    ended = airdock("backup", "all.backup")
    assert ended.code == 0
    assert "rows of" in ended.out
    assert str(home / "secret.key") in ended.out
    file = tmp_path / "all.backup"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"hunter2" not in file.read_bytes()


def test_file_that_is_there_is_replaced_only_if_forced(airdock: Program, tmp_path: Path) -> None:
    (tmp_path / "all.backup").write_text("mine")
    ended = airdock("backup", "all.backup")
    assert ended.code == 1
    assert "--force" in ended.err
    assert (tmp_path / "all.backup").read_text() == "mine"
    assert airdock("backup", "all.backup", "--force").code == 0


def test_key_is_taken_along_only_if_asked(airdock: Program) -> None:
    assert json.loads(airdock("backup", "all.backup", "--json").out)["key"] is False
    ended = airdock("backup", "key.backup", "--with-key")
    assert "whoever has the file can read the secrets" in ended.out
    assert airdock("backup", "none.backup", "--with-key", "--without-secrets").code == 2


def test_secrets_can_be_left_out(airdock: Program) -> None:
    ended = airdock("backup", "all.backup", "--without-secrets", "--json")
    made = json.loads(ended.out)
    assert made["secrets"] is False
    assert "secrets" not in made["rows"]


def test_key_that_is_not_there_cannot_be_taken_along(airdock: Program, home: Path) -> None:
    (home / "secret.key").unlink()
    ended = airdock("backup", "all.backup", "--with-key")
    assert ended.code == 1
    assert "no key file" in ended.err


def test_backup_is_noted(airdock: Program, home: Path, tmp_path: Path) -> None:
    airdock("backup", "all.backup")
    database = Database(home)
    entries = Identity(database).audit.list(action="backup").items
    database.close()
    assert [each.target for each in entries] == [str(tmp_path / "all.backup")]


async def test_state_is_taken_along_and_says_where_its_key_is(
    airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(home)
    store = SqlStore(database, Sealing(home, purpose="state"))
    await store.add("s", "k", b"an order", 0)
    store.stop()
    database.close()
    ended = airdock("backup", "all.backup")
    assert f"What patterns keep is sealed, and its key is not in it: keep {home / 'seal.key'}" in ended.out
    monkeypatch.setenv("AIRDOCK_HOME", str(home.with_name("other")))
    ended = airdock("restore", "all.backup")
    assert "The key of what patterns keep is not here" in ended.out
    assert json.loads(airdock("restore", "all.backup", "--json", "--home", "third").out)["stateReadable"] is False


async def test_state_is_restored_with_its_key(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(home)
    store = SqlStore(database, Sealing(home, purpose="state"))
    await store.add("s", "k", b"an order", 0)
    first = await store.append("s", "g", b"a line", 0, close_at=1)
    await store.append("s", "g", b"another", 0)
    store.stop()
    database.close()
    assert airdock("backup", "all.backup", "--with-key").code == 0
    other = home.with_name("other")
    monkeypatch.setenv("AIRDOCK_HOME", str(other))
    assert airdock("restore", "all.backup").code == 0
    database = Database(other)
    store = SqlStore(database, Sealing(other, purpose="state"))
    entry = await store.get("s", "k", 0)
    assert entry is not None
    assert entry.value == b"an order"
    assert await store.items("s", "g") == [b"another"]
    again = await store.append("s", "g", b"a third", 0, close_at=2)
    assert first.closed is not None
    assert again.closed is not None
    assert int(again.closed.id) > int(first.closed.id)
    store.stop()
    database.close()
