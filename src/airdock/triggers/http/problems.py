"""Errors as an HTTP caller sees them: RFC 9457 problem documents."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from airdock.codes import CODES
from airdock.errors import FlowError, Problem
from airdock.triggers.http.answer import RUN_HEADER, Answer

_INSIDE = ("descriptor.script", "descriptor.secret")
PROBLEM_TYPE = ("content-type", "application/problem+json")


def problem_answer(
    error: FlowError, run: str = "", *, show_details: bool = False, headers: Iterable[tuple[str, str]] = ()
) -> Answer:
    """The answer for an error that nobody handled.

    Args:
        run: Id of the run; empty if none was started.
        show_details: Whether message and step are told for a status of 500 and above too.
        headers: Further header fields, such as `Allow`.
    """
    document = problem_document(error, run, show_details=show_details)
    fields = [PROBLEM_TYPE, *headers]
    if run:
        fields.append((RUN_HEADER, run))
    return Answer(document["status"], fields, _encode(document))


def problem_document(error: FlowError, run: str = "", *, show_details: bool = False) -> dict[str, Any]:
    """The problem document of an error. The message of a status below 500 is for the caller, and always told."""
    status = error.status if 400 <= error.status <= 599 else 500
    document: dict[str, Any] = {
        "type": f"urn:airdock:error:{error.code}",
        "title": _title(status),
        "status": status,
        "code": error.code,
    }
    if status < 500 or show_details:
        document["detail"] = error.message
        errors = error.details.get("errors")
        if errors:
            document["errors"] = errors
    if show_details and error.step:
        document["step"] = error.step
    if run:
        document["run"] = run
    return document


def not_enabled_answer(problems: Iterable[Problem], *, show_details: bool = False) -> Answer:
    """The 503 of a flow whose descriptor could not be compiled; it always lists what is wrong.

    What a script said when it was loaded is only told with `show_details`: it may hold anything of the machine. So are
    the names of secrets.
    """
    code = CODES["flow.notEnabled"]
    document = problem_document(FlowError(code.code, code.meaning))
    document["detail"] = code.meaning
    document["errors"] = [_describe(problem, show_details) for problem in problems]
    return Answer(document["status"], [PROBLEM_TYPE], _encode(document))


def _describe(problem: Problem, show_details: bool) -> dict[str, Any]:
    place = problem.place
    hidden = problem.code in _INSIDE and not show_details
    return {
        "message": CODES[problem.code].meaning if hidden else problem.message,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "hint": "" if hidden else problem.hint,
        "code": problem.code,
    }


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _encode(document: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(document, enc_hook=str)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        # An author's code and message may be any text, and the details any value: the caller gets what is safe.
        plain = {name: document[name] for name in ("title", "status", "run") if name in document}
        return msgspec.json.encode({"type": "about:blank", **plain})
