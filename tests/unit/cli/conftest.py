import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from airdock.client import Client
from airdock.server import log_lines
from tests.unit.cli.answering import Serve
from tests.unit.cli.program import Program, program_with
from tests.unit.client.answers import Answers


@pytest.fixture
def airdock(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Program:
    """The program, run in this process and in a folder of its own."""
    # The log of the whole process stays as the tests have it.
    monkeypatch.setattr(log_lines, "begin_logging", lambda level: None)
    monkeypatch.chdir(tmp_path)
    return program_with(capsys)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Has the program speak to a server that gives these answers."""

    def serve(*answers: Any) -> Answers:
        given = Answers(*answers)
        monkeypatch.setattr("airdock.client.Client", partial(Client, through=httpx.MockTransport(given)))
        return given

    return serve


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is in Berlin: in summer two hours before UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()
