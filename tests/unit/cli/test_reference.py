"""The reference page of commands."""

import pytest

from airdock.cli.app import COMMANDS
from airdock.cli.reference import WIDTH, command_words, commands_page


def test_every_command_and_its_help_is_on_the_page() -> None:
    page = commands_page()
    for name in COMMANDS:
        assert f"\n## airdock {name}\n\n```text\nUsage: airdock {name} " in page


def test_commands_of_commands_are_found() -> None:
    assert ("runs", "show") in set(command_words())
    assert "\n### airdock runs show\n" in commands_page()


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_page_is_the_same_on_every_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = commands_page()
    monkeypatch.setenv("COLUMNS", columns)
    assert commands_page() == plain
    assert max(map(len, plain.splitlines())) <= WIDTH
