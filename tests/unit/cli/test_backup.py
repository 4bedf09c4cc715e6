import json
import stat
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.identity import Identity
from airdock.secrets import Secrets
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
