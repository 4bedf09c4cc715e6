"""Colours on a terminal only, and lines that stay lines."""

import io

import pytest
import typer

from airdock.cli.terminal import fail, has_colours, json_text, paint, printable, shortened
from airdock.runlog import StepRecord


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_colours_on_a_terminal_only() -> None:
    assert paint("x", "red", "bold", stream=Terminal()) == "\x1b[31;1mx\x1b[0m"
    assert paint("x", "red", stream=io.StringIO()) == "x"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colours_where_the_user_wants_none(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert not has_colours(Terminal())


def test_nothing_is_painted_in_an_empty_text() -> None:
    assert paint("", "red", stream=Terminal()) == ""


def test_what_cannot_be_printed_is_replaced() -> None:
    assert printable("a\tb\nc\x1bd é 日") == "a b c\ufffdd é 日"


def test_shortened() -> None:
    assert shortened("a  b\nc", 10) == "a b c"
    assert shortened("abcdef", 4) == "abc…"


def test_an_error_is_one_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail("a\nb", 2, hint="do this")
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "airdock: a b\n  do this\n"


def test_records_are_written_with_all_of_their_fields() -> None:
    text = json_text([{"step": StepRecord("1", "1", "output")}])
    assert '"outcome": "ok"' in text
    assert '"code": ""' in text
