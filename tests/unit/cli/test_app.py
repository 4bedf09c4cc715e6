"""The program's commands and how they are found."""

import subprocess
import sys
from pathlib import Path

import pytest

from airdock import __version__
from airdock.cli.app import COMMANDS, build_app, load_command

LISTING = """
import sys
from airdock.cli import main
try:
    main()
finally:
    print(*sys.modules)
"""
"""Runs the program and prints what it imported."""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "airdock.cli", *arguments], capture_output=True, text=True, check=False
    )


def test_a_program_beside_it_is_not_taken_for_a_package(tmp_path: Path) -> None:
    (tmp_path / "airdock").write_text("from airdock.cli import main\nmain()\n")
    (tmp_path / "typer.py").write_text("raise SystemExit('this is another program')\n")
    result = subprocess.run(
        [sys.executable, str(tmp_path / "airdock"), "--help"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_help_lists_every_command_in_a_line() -> None:
    result = run("--help")
    assert result.returncode == 0
    for name, entry in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert entry.help in " ".join(result.stdout.split())


def test_version() -> None:
    result = run("version")
    assert (result.returncode, result.stdout) == (0, f"airdock {__version__}\n")


def test_an_unknown_command_gets_the_nearest_name() -> None:
    result = run("vresion")
    assert result.returncode == 2
    assert "'version'" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_and_help_of_its_own(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert command.help
    with pytest.raises(SystemExit) as ended:
        build_app()([name, "--help"])
    assert ended.value.code == 0


def test_asking_for_help_or_the_version_imports_nothing_heavy() -> None:
    for arguments in (["--help"], ["version"]):
        result = subprocess.run([sys.executable, "-c", LISTING, *arguments], capture_output=True, text=True, check=True)
        modules = set(result.stdout.splitlines()[-1].split())
        assert not modules & {"granian", "litestar", "sqlalchemy", "jlens", "rich", "airdock.agent", "airdock.compiler"}
