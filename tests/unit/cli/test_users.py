"""`airdock users`, on the installation of this machine."""

import io
import sys
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.identity import Identity
from tests.unit.cli.program import Ended, Program

PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIRDOCK_HOME", str(tmp_path / "installation"))
    return tmp_path / "installation"


@pytest.fixture
def users(airdock: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """`airdock users …`, where the password is on standard input."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\n"))
        return airdock("users", *arguments)

    return run


def verify(home: Path, name: str, password: str) -> bool:
    database = Database(home)
    database.open()
    try:
        return Identity(database).users.verify(name, password) is not None
    finally:
        database.close()


def test_the_first_user_is_an_administrator(users: Program, home: Path) -> None:
    assert "no users" in users("list").out
    refused = users("add", "bob", "--role", "developer", "--password-stdin")
    assert refused.code == 1
    assert "--role administrator" in refused.err
    made = users("add", "ann", "--role", "administrator", "--role", "clerk", "--password-stdin")
    assert (made.code, made.out, made.err) == (0, "ann is a user now, administrator, clerk\n", "")
    assert PASSWORD not in made.out + made.err
    assert verify(home, "ann", PASSWORD)


def test_users_are_changed_and_removed(users: Program, home: Path) -> None:
    users("add", "ann", "--role", "administrator", "--password-stdin")
    users("add", "bob", "--role", "developer", "--no-password", "--display-name", "Bob", "--email", "bob@example.com")
    assert users("roles", "bob", "developer", "publisher").out == "bob is developer, publisher now\n"
    assert users("disable", "bob").out == "bob cannot sign in any more\n"
    assert users("list").out.splitlines()[-1].split() == ["bob", "developer,", "publisher", "never", "disabled"]
    assert users("disable", "bob", "--undo", "--json").json()["disabled"] is False
    assert users("passwd", "bob", "--password-stdin").code == 0
    assert verify(home, "bob", PASSWORD)
    assert users("rm", "bob").code == 0
    listed = users("list", "--json").json()
    assert [(each["name"], each["roles"], each["hasPassword"]) for each in listed] == [("ann", ["administrator"], True)]


def test_the_last_administrator_stays(users: Program) -> None:
    users("add", "ann", "--role", "administrator", "--password-stdin")
    for arguments in (("rm", "ann"), ("disable", "ann"), ("roles", "ann", "developer")):
        refused = users(*arguments)
        assert refused.code == 1
        assert "airdock users add NAME --role administrator" in refused.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("rm", "nobody"), 1, "airdock users list"),
        (("add", "../x", "--password-stdin"), 1, "cannot be a name"),
        (("add", "ann", "--role", "administrator"), 1, "nobody can be asked"),
        (("add", "ann", "--password-stdin", "--no-password"), 2, "exclude each other"),
        (("list", "--server", "http://127.0.0.1:1", "--home", "x"), 2, "exclude each other"),
    ],
)
def test_what_is_refused(users: Program, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = users(*arguments)
    assert (refused.code, said in refused.err) == (code, True), refused
