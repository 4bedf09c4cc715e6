"""`airdock tokens`, on the installation of this machine."""

import io
import sys
from pathlib import Path

import pytest

from airdock.database import Database
from airdock.identity import Identity
from tests.unit.cli.program import Program


@pytest.fixture
def home(tmp_path: Path, airdock: Program, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the administrator `ann`."""
    home = tmp_path / "installation"
    monkeypatch.setenv("AIRDOCK_HOME", str(home))
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    assert airdock("users", "add", "ann", "--role", "administrator", "--password-stdin").code == 0
    return home


def test_a_token_is_shown_once_and_works(airdock: Program, home: Path) -> None:
    made = airdock("tokens", "create", "ci", "--service", "--role", "publisher", "--project", "shop")
    assert made.code == 0
    assert "of ci, good until 20" in made.err
    database = Database(home)
    database.open()
    found = Identity(database).tokens.resolve(made.out.strip())
    database.close()
    assert found is not None
    assert (found[0].name, found[0].roles, found[0].projects) == ("ci", frozenset({"publisher"}), frozenset({"shop"}))
    assert made.out.strip() not in airdock("tokens", "list").out + airdock("tokens", "list", "--json").out


def test_tokens_are_listed_and_revoked(airdock: Program, home: Path) -> None:
    assert airdock("tokens", "list").out == "there are no tokens\n"
    made = airdock("tokens", "create", "lap", "--user", "ann", "--expires", "never", "--json").json()
    assert (made["user"], made["kind"], made["expires"]) == ("ann", "personal", None)
    head, line = airdock("tokens", "list").out.splitlines()
    assert head.split() == ["ID", "OF", "NAME", "KIND", "EXPIRES", "LAST", "USED"]
    assert line.split() == [made["id"], "ann", "lap", "personal", "never", "never"]
    assert "does not work any more" in airdock("tokens", "revoke", made["id"][:13]).out
    assert airdock("tokens", "list", "--json").json() == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "x"), 2, "--user"),
        (("create", "x", "--user", "ann", "--role", "viewer"), 2, "--service"),
        (("create", "x", "--user", "ann", "--service"), 2, "exclude each other"),
        (("create", "x", "--user", "nobody"), 1, "airdock users list"),
        (("create", "x", "--user", "ann", "--scope", "everything"), 1, "everything"),
        (("create", "x", "--user", "ann", "--expires", "soon"), 2, "90d"),
        (("revoke", "none"), 1, "no token"),
    ],
)
def test_what_is_refused(airdock: Program, home: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    refused = airdock("tokens", *arguments)
    assert (refused.code, said in refused.err) == (code, True), refused
