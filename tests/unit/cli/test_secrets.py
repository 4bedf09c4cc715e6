import io
import os
import pty
import sys
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.secrets import Secrets
from tests.unit.cli.program import Program

VALUE = "hunter2-is-not-shown"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIRDOCK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def read(home: Path, name: str, key: str = "") -> str | None:
    database = Database(home)
    try:
        return Secrets(database, home, key).read(name)
    finally:
        database.close()


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_value_from_standard_input_is_kept(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, f"{VALUE}\n".encode())
    ended = airdock("secrets", "set", "shop.token", "--stdin")
    assert ended == (0, "shop.token is set\n", "")
    assert read(home, "shop.token") == VALUE


def test_value_from_a_file_is_kept(airdock: Program, home: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(VALUE)
    assert airdock("secrets", "set", "shop.token", "--from-file", tmp_path / "token").code == 0
    assert read(home, "shop.token") == VALUE


def test_value_is_asked_for_and_not_shown(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = pty.openpty()
    os.write(here, f"{VALUE}\n".encode())
    # The prompt opens the terminal of the process, which tests may lack; its input is then read like this.
    monkeypatch.setattr("getpass.getpass", lambda prompt, **_: os.read(there, 100).decode().strip())
    with open(there, closefd=False) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        ended = airdock("secrets", "set", "shop.token")
        monkeypatch.undo()
    os.close(here)
    os.close(there)
    assert (ended.code, ended.err) == (0, "")
    assert VALUE not in ended.out
    assert read(home, "shop.token") == VALUE


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("set", "../x", "--stdin"), 1, "cannot be called"),
        (("set", "a", "--stdin", "--from-file", "b"), 2, "exclude each other"),
        (("set", "a"), 2, "no terminal"),
        (("set", "a", "--from-file", "none"), 1, "cannot be read"),
        (("set", "a", "--stdin"), 1, "is empty"),
        (("rm", "a"), 1, "no such secret"),
    ],
)
def test_what_cannot_be_done_is_told(
    airdock: Program, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, said: str
) -> None:
    give(monkeypatch, b"")
    ended = airdock("secrets", *arguments)
    assert ended.code == code
    assert said in ended.err
    assert ended.out == ""


def test_list_has_names_and_never_values(airdock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert airdock("secrets", "list").out == "there are no secrets\n"
    give(monkeypatch, VALUE.encode())
    airdock("secrets", "set", "shop.token", "--stdin")
    monkeypatch.setenv("AIRDOCK_SECRET_OTHER", VALUE)
    listed, document = airdock("secrets", "list"), airdock("secrets", "list", "--json")
    assert [line.split()[:2] for line in listed.out.splitlines()[1:]] == [
        ["other", "environment"],
        ["shop.token", "database"],
    ]
    assert [(each["name"], each["source"], each["by"], each["problem"]) for each in document.json()] == [
        ("other", "environment", None, ""),
        ("shop.token", "database", "local", ""),
    ]
    assert VALUE not in listed.out + document.out


def test_value_that_another_source_hides_is_told(airdock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRDOCK_SECRET_A", "1")
    give(monkeypatch, b"2")
    assert "the value of the environment" in airdock("secrets", "set", "a", "--stdin").out


def test_secret_is_removed(airdock: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, VALUE.encode())
    airdock("secrets", "set", "a", "--stdin")
    assert airdock("secrets", "rm", "a") == (0, "a is removed\n", "")
    assert airdock("secrets", "list", "--json").json() == []


def test_key_is_rotated(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, VALUE.encode())
    airdock("secrets", "set", "a", "--stdin")
    before = (home / "secret.key").read_text()
    ended = airdock("secrets", "rotate")
    assert ended.out == f"1 secret encrypted anew with the key in {home / 'secret.key'}\n"
    assert (home / "secret.key").read_text() != before
    assert read(home, "a") == VALUE


def test_lost_key_is_told_with_the_next_move(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, VALUE.encode())
    airdock("secrets", "set", "a", "--stdin")
    (home / "secret.key").unlink()
    give(monkeypatch, VALUE.encode())
    ended = airdock("secrets", "set", "a", "--stdin")
    assert ended.code == 1
    assert "there is no key in" in ended.err
    assert "--overwrite" in ended.err
    give(monkeypatch, b"other")
    assert airdock("secrets", "set", "a", "--stdin", "--overwrite").code == 0
    assert read(home, "a") == "other"
