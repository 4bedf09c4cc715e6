from typing import Any

import msgspec
import pytest

from airdock.codes import CODES
from airdock.errors import FlowError, Place, Problem
from airdock.triggers.http import Answer, not_enabled_answer, problem_answer


def document(answer: Answer) -> dict[str, Any]:
    assert ("content-type", "application/problem+json") in answer.headers
    content: dict[str, Any] = msgspec.json.decode(answer.body)
    assert content["status"] == answer.status
    return content


def test_an_error_of_the_caller_is_told() -> None:
    answer = problem_answer(FlowError("request.body", "The body is not JSON."), "r1")
    assert ("airdock-run", "r1") in answer.headers
    assert document(answer) == {
        "type": "urn:airdock:error:request.body",
        "title": "Bad Request",
        "status": 400,
        "code": "request.body",
        "detail": "The body is not JSON.",
        "run": "r1",
    }


def test_an_error_of_the_flow_is_told_only_with_details() -> None:
    error = FlowError("step.failed", "secret", step="3.a")
    assert document(problem_answer(error, "r1")) == {
        "type": "urn:airdock:error:step.failed",
        "title": "Internal Server Error",
        "status": 500,
        "code": "step.failed",
        "run": "r1",
    }
    told = document(problem_answer(error, "r1", show_details=True))
    assert (told["detail"], told["step"]) == ("secret", "3.a")


def test_errors_of_a_schema_are_listed() -> None:
    error = FlowError("request.schema", "no", details={"errors": [{"path": "$.a", "message": "missing"}]})
    assert document(problem_answer(error))["errors"] == [{"path": "$.a", "message": "missing"}]


@pytest.mark.parametrize(
    ("given_status", "status"), [(418, 418), (599, 599), (200, 500), (0, 500), (700, 500), (499, 499)]
)
def test_a_problem_has_a_status_of_an_error(given_status: int, status: int) -> None:
    assert document(problem_answer(FlowError("mine", "text", status=given_status)))["status"] == status


def test_a_message_that_json_cannot_hold_is_left_out() -> None:
    answer = problem_answer(FlowError("a\ud800", "text", status=400), "r1")
    assert document(answer) == {"type": "about:blank", "title": "Bad Request", "status": 400, "run": "r1"}


def test_details_that_json_cannot_hold_become_text() -> None:
    error = FlowError("mine", "text", status=400, details={"errors": [ValueError("x")]})
    assert document(problem_answer(error))["errors"] == ["x"]


def test_a_flow_that_is_not_enabled_says_why() -> None:
    place = Place("p/bad.flow", 3, 9, "$.steps[0].type")
    answer = not_enabled_answer(
        [Problem("descriptor.unknownStep", "unknown step type 'outptu'", place, "did you mean 'output'?")]
    )
    content = document(answer)
    assert (answer.status, content["detail"]) == (503, CODES["flow.notEnabled"].meaning)
    assert content["errors"] == [
        {
            "message": "unknown step type 'outptu'",
            "file": "p/bad.flow",
            "line": 3,
            "column": 9,
            "path": "$.steps[0].type",
            "hint": "did you mean 'output'?",
            "code": "descriptor.unknownStep",
        }
    ]


@pytest.mark.parametrize("show_details", [True, False])
def test_what_a_script_said_when_it_was_loaded_is_a_detail(show_details: bool) -> None:
    problem = Problem("descriptor.script", "OSError: '/etc/secret'", Place("p/a.py", 3))
    (error,) = document(not_enabled_answer([problem], show_details=show_details))["errors"]
    assert (error["file"], error["line"]) == ("p/a.py", 3)
    assert ("secret" in error["message"]) is show_details
