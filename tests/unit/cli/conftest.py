from pathlib import Path

import pytest

from airdock.server import log_lines
from tests.unit.cli.program import Program, program_with


@pytest.fixture
def airdock(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program, run in this process and in a folder of its own."""
    # The log of the whole process stays as the tests have it.
    monkeypatch.setattr(log_lines, "begin_logging", lambda level: None)
    monkeypatch.chdir(tmp_path)
    return program_with(capsys)
