"""Bytes sealed with a key of the installation."""

import threading
from pathlib import Path

import pytest

from airdock.runlog import Sealer
from airdock.secrets import Sealing, SecretsError
from airdock.secrets.sealing import FILE

ONE, OTHER = "1" * 32, "2" * 32


def test_what_was_sealed_is_opened_by_every_process_of_the_home(tmp_path: Path) -> None:
    sealer: Sealer = Sealing(tmp_path)
    sealed = sealer.seal(b"a password")
    assert b"password" not in sealed
    assert sealer.seal(b"a password") != sealed
    assert Sealing(tmp_path).open(sealed) == b"a password"
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [(FILE, 0o600)]


def test_a_key_of_the_setting_leaves_no_file_and_older_ones_still_open(tmp_path: Path) -> None:
    sealed = Sealing(tmp_path, ONE).seal(b"x")
    assert Sealing(tmp_path, f"{OTHER},{ONE}").open(sealed) == b"x"
    assert list(tmp_path.iterdir()) == []


def test_without_its_key_it_says_so(tmp_path: Path) -> None:
    sealed = Sealing(tmp_path, ONE).seal(b"x")
    with pytest.raises(SecretsError, match=r"sealed with a key that is not in .*seal\.key") as refused:
        Sealing(tmp_path).open(sealed)
    assert refused.value.code == "secrets.key"
    with pytest.raises(SecretsError, match="not in AIRDOCK_SECRET_KEY"):
        Sealing(tmp_path, OTHER).open(sealed)


@pytest.mark.parametrize("change", [lambda sealed: sealed[:-1], lambda sealed: sealed[:8] + sealed[9:]])
def test_what_was_altered_is_not_opened(tmp_path: Path, change: object) -> None:
    sealing = Sealing(tmp_path)
    altered = change(sealing.seal(b"x"))  # type: ignore[operator]
    with pytest.raises(SecretsError, match="altered") as refused:
        sealing.open(altered)
    assert refused.value.code == "secrets.damaged"
    with pytest.raises(SecretsError, match="altered"):
        Sealing(tmp_path, purpose="other").open(sealing.seal(b"x"))


def test_a_key_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(SecretsError) as refused:
        Sealing(tmp_path / "home").seal(b"x")
    assert refused.value.code == "secrets.keyUnusable"


def test_threads_that_begin_at_once_seal_with_one_key(tmp_path: Path) -> None:
    sealings = [Sealing(tmp_path) for _ in range(8)]
    sealed: list[bytes] = []
    threads = [threading.Thread(target=lambda each=each: sealed.append(each.seal(b"x"))) for each in sealings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sealings[0].open(each) for each in sealed] == [b"x"] * 8
