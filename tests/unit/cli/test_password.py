"""Asking for what must not be seen."""

import io
import sys

import pytest
import typer

from airdock.cli.password import asked_password


def test_a_program_gives_it_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" with spaces \r\nmore\n"))
    assert asked_password("Password", stdin=True) == " with spaces "


@pytest.mark.parametrize(("stdin", "code"), [(True, 2), (False, 1)])
def test_nobody_gives_it(monkeypatch: pytest.MonkeyPatch, stdin: bool, code: int) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(typer.Exit) as ended:
        asked_password("Password", stdin=stdin)
    assert ended.value.exit_code == code
