"""`airdock version`."""

import pytest

from airdock import __version__
from airdock.cli.version import command


def test_it_names_the_program_and_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    command()
    assert capsys.readouterr().out == f"airdock {__version__}\n"
