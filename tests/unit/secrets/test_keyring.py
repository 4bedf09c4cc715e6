from pathlib import Path

import pytest

from airdock.secrets.errors import SecretsError
from airdock.secrets.key import Key
from airdock.secrets.keyfile import FILE, KeyFile
from airdock.secrets.keyring import Keyring

OLD, NEW = "o" * 32, "n" * 32


def test_first_key_of_the_setting_encrypts_and_all_are_found(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path, f"{NEW}, {OLD},")
    current = keyring.current()
    assert current is not None
    assert current.id == Key(NEW).id == keyring.make().id == keyring.prepare().id
    assert keyring.find(Key(OLD).id) is not None
    assert keyring.find("other") is None
    assert keyring.place == "AIRDOCK_SECRET_KEY"
    assert not list(tmp_path.iterdir())


def test_key_file_is_read_beside_the_setting(tmp_path: Path) -> None:
    text = KeyFile(tmp_path).make()
    assert Keyring(tmp_path, NEW).find(Key(text).id) is not None


def test_short_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(SecretsError, match="at least 32") as caught:
        Keyring(tmp_path, f"{NEW},visible").make()
    assert caught.value.code == "secrets.keyUnusable"
    assert "visible" not in str(caught.value)


def test_key_file_is_made_when_asked_only(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    assert keyring.current() is None
    assert keyring.find("any") is None
    made = keyring.make()
    current = keyring.current()
    assert current is not None
    assert current.id == made.id
    assert keyring.place == str(tmp_path / FILE)


def test_rotation_that_was_committed_is_settled(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    old, new = keyring.make(), keyring.prepare()
    assert {old.id, new.id} == {key.id for key in (keyring.find(old.id), keyring.find(new.id)) if key}
    keyring.settle({new.id})
    assert keyring.make().id == new.id
    assert keyring.find(old.id) is None


@pytest.mark.parametrize("both", [True, False])
def test_rotation_that_was_not_committed_keeps_the_key(tmp_path: Path, both: bool) -> None:
    keyring = Keyring(tmp_path)
    old, new = keyring.make(), keyring.prepare()
    keyring.settle({old.id, new.id} if both else {old.id})
    assert keyring.make().id == old.id
    assert keyring.prepare().id == new.id


def test_nothing_to_settle_is_fine(tmp_path: Path) -> None:
    Keyring(tmp_path).settle(set())
    assert not list(tmp_path.iterdir())
