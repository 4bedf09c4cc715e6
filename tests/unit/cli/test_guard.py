"""Errors that a command does not expect."""

import pytest
import typer

from airdock.cli.guard import reported
from airdock.errors import AirdockError, DescriptorError, Problem


def test_an_error_of_airdock_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, reported(debug=False):
        raise AirdockError("the run log cannot be read")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "airdock: the run log cannot be read\n"


def test_several_problems_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), reported(debug=False):
        raise DescriptorError([Problem("internal", "one"), Problem("internal", "two")])
    assert capsys.readouterr().err == "airdock: one two\n"


def test_a_fault_says_how_to_see_more(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, reported(debug=False):
        raise KeyError("x")
    assert ended.value.exit_code == 1
    text = capsys.readouterr().err
    assert text.startswith("airdock: KeyError: 'x'\n")
    assert "airdock --debug" in text


@pytest.mark.parametrize("error", [AirdockError("x"), KeyError("x")])
def test_debugging_shows_the_error_itself(error: Exception) -> None:
    with pytest.raises(type(error)), reported(debug=True):
        raise error


@pytest.mark.parametrize("error", [typer.Exit(3), typer.Abort(), typer.BadParameter("x"), BrokenPipeError()])
def test_how_commands_end_on_purpose_is_left_alone(error: Exception) -> None:
    with pytest.raises(type(error)), reported(debug=False):
        raise error
