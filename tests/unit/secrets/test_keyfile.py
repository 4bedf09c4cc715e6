import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from airdock.secrets.errors import SecretsError
from airdock.secrets.keyfile import FILE, NEXT, KeyFile


def test_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "home")
    assert file.current() is None
    text = file.make()
    assert file.make() == file.current() == text
    assert stat.S_IMODE((tmp_path / "home" / FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == [FILE]


def test_several_that_make_one_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: KeyFile(tmp_path).make(), range(64)))
    assert made == {KeyFile(tmp_path).current()}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_file_that_others_may_open_is_refused(tmp_path: Path, mode: int) -> None:
    KeyFile(tmp_path).make()
    (tmp_path / FILE).chmod(mode)
    for use in (KeyFile(tmp_path).current, KeyFile(tmp_path).make):
        with pytest.raises(SecretsError, match="chmod 600") as caught:
            use()
        assert caught.value.code == "secrets.keyUnusable"


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40, b"two lines of text\n" * 4, b"x" * 5000])
def test_file_that_holds_no_key_is_refused_and_left(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / FILE).chmod(0o600)
    for use in (KeyFile(tmp_path).current, KeyFile(tmp_path).make):
        with pytest.raises(SecretsError, match="holds no key"):
            use()
    assert (tmp_path / FILE).read_bytes() == content


def test_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SecretsError, match="cannot be used") as caught:
        KeyFile(tmp_path).current()
    assert caught.value.code == "secrets.keyUnusable"


def test_next_key_takes_the_place_of_the_current_one(tmp_path: Path) -> None:
    file = KeyFile(tmp_path)
    old = file.make()
    new = file.prepare()
    assert file.prepare() == file.next() == new != old
    assert file.current() == old
    file.promote()
    assert (file.current(), file.next()) == (new, None)
    assert os.listdir(tmp_path) == [FILE]


def test_promotion_without_a_next_key_is_told(tmp_path: Path) -> None:
    KeyFile(tmp_path).make()
    with pytest.raises(SecretsError, match=NEXT):
        KeyFile(tmp_path).promote()
