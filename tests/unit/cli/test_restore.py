import json
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.repository import InRegistry, Repository
from airdock.secrets import Secrets
from tests.databases import postgresql_database
from tests.unit.cli.program import Program

FLOW = b'{"steps": [{"type": "output", "message": "hello"}]}'
VALUE = "hunter2-is-not-shown"


@pytest.fixture(autouse=True)
def backup(airdock: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup, without its key, of an installation with a release and a secret; the home is then an empty one."""
    home = tmp_path / "old"
    monkeypatch.setenv("AIRDOCK_HOME", str(home))
    database = Database(home)
    database.open()
    Repository(database).registry.publish_files("shop", {"a.flow": FLOW}, "ann", "first")
    Secrets(database, home).set("shop.token", VALUE, "local")
    database.close()
    assert airdock("backup", "all.backup").code == 0
    monkeypatch.setenv("AIRDOCK_HOME", str(tmp_path / "home"))
    return tmp_path / "all.backup"


def restored(home: Path, url: str = "") -> tuple[bytes, int | None]:
    database = Database(home, url)
    repository = Repository(database)
    try:
        return repository.read(InRegistry("shop"), "a.flow").content, repository.registry.current("shop")
    finally:
        database.close()


def test_backup_is_restored_into_an_empty_home(airdock: Program, tmp_path: Path) -> None:
    ended = airdock("restore", "all.backup")
    assert ended.code == 0
    assert restored(tmp_path / "home") == (FLOW, 1)


def test_backup_of_sqlite_is_restored_into_postgresql(
    airdock: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql_database() as url:
        monkeypatch.setenv("AIRDOCK_DATABASE_URL", url)
        assert airdock("restore", "all.backup").code == 0
        assert restored(tmp_path / "home", url) == (FLOW, 1)


def test_secrets_whose_key_is_not_here_are_named_and_read_once_it_is(airdock: Program, tmp_path: Path) -> None:
    ended = airdock("restore", "all.backup")
    assert "shop.token" in ended.out
    assert VALUE not in ended.out
    home = tmp_path / "home"
    (tmp_path / "old" / "secret.key").rename(home / "secret.key")
    database = Database(home)
    assert Secrets(database, home).read("shop.token") == VALUE
    database.close()


def test_installation_that_is_there_is_not_touched(airdock: Program, tmp_path: Path) -> None:
    assert airdock("restore", "all.backup").code == 0
    before = restored(tmp_path / "home")
    ended = airdock("restore", "all.backup")
    assert ended.code == 1
    assert "is not empty" in ended.err
    assert restored(tmp_path / "home") == before


def test_what_is_no_backup_is_refused(airdock: Program, tmp_path: Path, backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-40])
    ended = airdock("restore", "all.backup")
    assert ended.code == 1
    assert airdock("restore", "nothing.backup").code == 1


def test_result_is_told_to_programs(airdock: Program) -> None:
    made = json.loads(airdock("restore", "all.backup", "--json").out)
    assert made["rows"]["repository_releases"] == 1
    assert made["unreadableSecrets"] == ["shop.token"]
