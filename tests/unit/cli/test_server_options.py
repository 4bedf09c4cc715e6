"""Which server a command speaks to, and how it ends when that refuses."""

from contextlib import AbstractContextManager
from functools import partial

import httpx
import pytest
import typer

from airdock.api.shapes import Place, ProblemInfo
from airdock.cli import server_options
from airdock.cli.credentials import Credential, Credentials, save_credentials
from airdock.cli.server_options import chosen_server, connected, problem_lines
from airdock.client import Client, transport
from tests.unit.client.answers import Answers, problem

OTHER = "https://airdock.example.com"


@pytest.fixture(autouse=True)
def nobody_signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PAUSES", ())
    save_credentials(Credentials())


def answering(monkeypatch: pytest.MonkeyPatch, *answers: object) -> Answers:
    """Makes the commands' client get these answers."""
    found = Answers(*answers)
    monkeypatch.setattr("airdock.client.Client", partial(Client, through=httpx.MockTransport(found)))
    return found


def ended(capsys: pytest.CaptureFixture[str], call: AbstractContextManager[Client]) -> tuple[int, str]:
    with pytest.raises(typer.Exit) as end, call as client:
        client.session()
    return end.value.exit_code, capsys.readouterr().err


def test_the_option_then_the_environment_then_the_login_then_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_server() == "http://127.0.0.1:8081"
    save_credentials(Credentials(OTHER))
    assert chosen_server() == OTHER
    monkeypatch.setenv("AIRDOCK_SERVER", "localhost:9000/")
    assert chosen_server() == "http://localhost:9000"
    assert chosen_server("http://localhost:9001") == "http://localhost:9001"


@pytest.mark.parametrize(("option", "name"), [("ftp://x", "--server"), (None, "AIRDOCK_SERVER")])
def test_an_address_that_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str | None, name: str
) -> None:
    monkeypatch.setenv("AIRDOCK_SERVER", "ftp://y")
    with pytest.raises(typer.Exit) as end:
        chosen_server(option)
    assert end.value.exit_code == 2
    assert name in capsys.readouterr().err


def test_the_token_of_the_environment_comes_before_that_of_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    save_credentials(Credentials(OTHER, {OTHER: Credential("ann", "adk_kept")}))
    answers = answering(monkeypatch, {"user": "ann"}, {"user": "ann"}, {"user": "ann"})
    for server in (None, "http://127.0.0.1:8081"):
        with connected(server) as client:
            client.session()
    monkeypatch.setenv("AIRDOCK_TOKEN", "adk_given")
    with connected() as client:
        client.session()
    sent = [request.headers.get("authorization") for request in answers.requests]
    assert sent == ["Bearer adk_kept", None, "Bearer adk_given"]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (httpx.ConnectError("refused"), 1, "`airdock run` starts one here"),
        (httpx.ReadTimeout("slow"), 1, "may have done what was asked"),
        (problem(401, "request.unauthorized", detail="Sign in."), 1, "`airdock login` signs in"),
        (problem(403, "request.forbidden", detail="Not you."), 1, "Not you."),
        (problem(409, "repository.conflict", detail="It exists."), 3, "It exists."),
        (problem(412, "repository.changed", detail="It changed."), 3, "It changed."),
        (
            problem(422, "x.y", detail="No.", errors=[{"code": "a", "message": "bad", "field": "body.a"}]),
            1,
            "body.a: bad",
        ),
        (httpx.Response(200, text="hello"), 1, "management port"),
    ],
)
def test_refusals_end_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: object, code: int, said: str
) -> None:
    answering(monkeypatch, answer)
    found, err = ended(capsys, connected())
    assert (found, said in err) == (code, True), err


def test_a_token_that_is_over_is_not_answered_with_login(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRDOCK_TOKEN", "adk_old")
    answering(monkeypatch, problem(401, "request.unauthorized"))
    assert "AIRDOCK_TOKEN has no token" in ended(capsys, connected())[1]


def test_a_token_is_not_sent_unencrypted_unless_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRDOCK_TOKEN", "adk_given")
    server = "http://airdock.example.com"
    answers = answering(monkeypatch, {"user": "ann"}, {"user": "ann"})
    assert "AIRDOCK_INSECURE=1" in ended(capsys, connected(server))[1]
    assert answers.requests == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRDOCK_INSECURE", "1")
        with connected(server) as client:
            client.session()
    save_credentials(Credentials(server, {server: Credential("ann", "adk_kept", insecure=True)}))
    with connected() as client:
        client.session()
    assert len(answers.requests) == 2


def test_problems_in_lines() -> None:
    at = ProblemInfo(code="a", message="no", hint="try", place=Place(file="a.flow", line=3, column=5))
    field = ProblemInfo(code="a", message="no\x1b", field="query.limit")
    warning = ProblemInfo(code="lint.idleTry", message="idle", severity="warning", place=Place(file="a.flow", line=1))
    assert list(problem_lines([at, field, warning])) == [
        "a.flow:3:5: no: try",
        "query.limit: no\ufffd",
        "a.flow:1: warning: idle (lint.idleTry)",
    ]
    assert server_options.CONFLICT == 3
