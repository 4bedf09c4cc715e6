"""What a rotation leaves when it is cut off; the rest of the vault is tested through `Secrets`."""

import os
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.secrets.keyfile import FILE, NEXT, KeyFile
from airdock.secrets.keyring import Keyring
from airdock.secrets.vault import Vault


class CutOffError(Exception):
    """In place of a `kill -9` at that moment."""


def vault_of(database: Database) -> Vault:
    return Vault(database, Keyring(database.home))


def cut(*_: object) -> None:
    raise CutOffError


@pytest.fixture
def vault(database: Database) -> Vault:
    made = vault_of(database)
    made.keep("a", "value of a", "ann", overwrite=False)
    return made


def test_cut_off_before_the_commit_keeps_the_key(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (database.home / FILE).read_text()
    with monkeypatch.context() as patch:
        patch.setattr("airdock.secrets.store.encrypt_anew", cut)
        with pytest.raises(CutOffError):
            vault.rotate()
    assert (database.home / NEXT).exists()
    assert vault_of(database).read("a") == "value of a"
    vault_of(database).keep("b", "value of b", "ann", overwrite=False)
    assert (database.home / FILE).read_text() == key
    vault_of(database).rotate()
    assert [vault_of(database).read(name) for name in "ab"] == ["value of a", "value of b"]
    assert not (database.home / NEXT).exists()


@pytest.mark.parametrize("then", ["keep", "rotate"])
def test_cut_off_after_the_commit_is_ended_by_the_next_writer(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(KeyFile, "promote", cut)
        with pytest.raises(CutOffError):
            vault.rotate()
    assert vault_of(database).read("a") == "value of a"
    next_key = (database.home / NEXT).read_text()
    if then == "keep":
        vault_of(database).keep("b", "value of b", "ann", overwrite=False)
        assert (database.home / FILE).read_text() == next_key
    else:
        vault_of(database).rotate()
        assert (database.home / FILE).read_text() != next_key
    assert vault_of(database).read("a") == "value of a"
    assert os.listdir(database.home).count(NEXT) == 0


def test_lost_key_file_is_not_made_again_by_reading(database: Database, vault: Vault, tmp_path: Path) -> None:
    (database.home / FILE).unlink()
    assert "there is no key" in vault.problem(vault.rows()[0])
    assert not (database.home / FILE).exists()
