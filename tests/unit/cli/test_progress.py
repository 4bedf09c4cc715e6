"""Progress bars."""

import io
import sys
from typing import Literal

import pytest

from airdock.cli.progress import shown_progress


def test_nobody_sees_one_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress("Pushing shop") as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("count", "shown"), [("bytes", "100/100 bytes"), ("rows", "100/100")])
def test_a_terminal_shows_one(monkeypatch: pytest.MonkeyPatch, count: Literal["bytes", "rows"], shown: str) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress("Pushing shop", count) as progress:
        assert progress is not None
        progress(50, 100)
        progress(100, 100)
    assert "Pushing shop" in terminal.getvalue()
    assert shown in terminal.getvalue()
