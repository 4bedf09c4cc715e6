"""What `airdock call` prints of an answer that is unusual."""

from pathlib import Path

import pytest

from airdock.cli.answer import show_json, show_text
from airdock.cli.request import Sent
from airdock.testing import FlowClient, Result
from airdock.triggers.http.answer import Answer


@pytest.fixture
def client(tmp_path: Path) -> FlowClient:
    return FlowClient(tmp_path)


def shown(client: FlowClient, answer: Answer, capsys: pytest.CaptureFixture[str]) -> str:
    show_text(Result(answer, None), client.agent, Sent("GET", "/services/flow/a", {}, b""), Path())
    return capsys.readouterr().out


def test_a_status_without_a_name(client: FlowClient, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(client, Answer(299, []), capsys) == "299\n\n"


def test_a_body_that_says_json_and_is_none(client: FlowClient, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(client, Answer(200, [("content-type", "application/json")], "{"), capsys).endswith("\n{\n\n")


def test_a_body_cannot_command_the_terminal(client: FlowClient, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(client, Answer(200, [("x", "\x1b[2J")], "one\n\x1b[2Jtwo"), capsys)
    assert "\x1b" not in text
    assert "one\n\ufffd[2Jtwo\n" in text


def test_an_answer_without_a_run_as_json(client: FlowClient, capsys: pytest.CaptureFixture[str]) -> None:
    show_json(Result(Answer(404, [("a", "b")], "x"), None))
    assert '"run": null' in capsys.readouterr().out
