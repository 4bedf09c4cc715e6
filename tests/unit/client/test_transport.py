"""How requests are sent, repeated and answered."""

import logging

import httpx
import pytest

from airdock.client import ApiError, Client, InsecureServerError, UnexpectedAnswerError, UnreachableError, transport
from tests.unit.client.answers import SERVER, Answers, problem

SESSION = {"user": "ann", "kind": "user"}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "PAUSES", (0, 0))


def test_a_token_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = Answers(SESSION, problem(403, "request.forbidden", detail="no"))
    with answers.client(token="adk_secret") as client:
        assert client.session().user == "ann"
        with pytest.raises(ApiError) as refused:
            client.session()
    assert answers.requests[0].headers["authorization"] == "Bearer adk_secret"
    assert "adk_secret" not in f"{client!r} {refused.value!r} {refused.value} {caplog.text}"


def test_a_user_and_a_password() -> None:
    answers = Answers(SESSION)
    with answers.client(user="ann", password="geheim") as client:
        client.session()
    assert answers.requests[0].headers["authorization"] == "Basic YW5uOmdlaGVpbQ=="


def test_no_token_leaves_the_machine_unencrypted_unless_told() -> None:
    with pytest.raises(InsecureServerError):
        Client("http://airdock.example.com", "adk_secret")
    with pytest.raises(InsecureServerError):
        Client("http://airdock.example.com", user="ann", password="geheim")
    Client("http://airdock.example.com", "adk_secret", insecure=True).close()
    Client("http://airdock.example.com").close()


def test_a_prefix_stands_before_the_api() -> None:
    answers = Answers(SESSION)
    with answers.client("https://example.com/integration/") as client:
        client.session()
    assert str(answers.requests[0].url) == "https://example.com/integration/api/v1/session"


def test_a_refusal_has_its_code_and_what_is_wrong() -> None:
    wrong = {"code": "descriptor.syntax", "message": "no", "place": {"file": "a.flow", "line": 3}}
    answers = Answers(problem(422, "repository.invalid", detail="It has problems.", errors=[wrong]))
    with answers.client() as client, pytest.raises(ApiError) as refused:
        client.workspace.publish("shop", "more")
    error = refused.value
    assert (error.status, error.code, str(error)) == (
        422,
        "repository.invalid",
        "422 repository.invalid: It has problems.",
    )
    place = error.errors[0].place
    assert place is not None
    assert (place.file, place.line) == ("a.flow", 3)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(502, text="<html>Bad gateway"), "answered 502"),
        (httpx.Response(200, text="<html>"), "is not what"),
        (httpx.Response(200, json={"user": 7}), r"\$.user"),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), "elsewhere"),
    ],
)
def test_what_is_no_answer_of_the_api_is_told(answer: httpx.Response, said: str) -> None:
    with Answers(answer).client() as client, pytest.raises(UnexpectedAnswerError, match=said):
        client.session()


def test_a_read_is_tried_again_when_the_connection_fails() -> None:
    answers = Answers(httpx.ConnectError("refused"), httpx.ReadError("reset"), SESSION)
    with answers.client() as client:
        assert client.session().user == "ann"
    assert len(answers.requests) == 3


def test_a_read_is_given_up_at_last() -> None:
    answers = Answers(*[httpx.ConnectError("refused")] * 3)
    with answers.client() as client, pytest.raises(UnreachableError, match=f"{SERVER} cannot be reached: refused"):
        client.session()


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadError("reset")])
def test_a_change_is_sent_once(error: Exception) -> None:
    answers = Answers(error)
    with answers.client() as client, pytest.raises(UnreachableError):
        client.workspace.publish("shop", "more")
    assert len(answers.requests) == 1


def test_too_slow_is_not_tried_again() -> None:
    answers = Answers(httpx.ReadTimeout("slow"))
    with answers.client() as client, pytest.raises(UnreachableError, match="in time") as late:
        client.session()
    assert late.value.timed_out


def test_a_connection_that_breaks_within_an_error_is_told() -> None:
    def broken() -> object:
        yield b"{"
        raise httpx.ReadError("reset")

    with Answers(httpx.Response(500, content=broken())).client() as client, pytest.raises(UnreachableError):  # type: ignore[arg-type]
        client.session()
