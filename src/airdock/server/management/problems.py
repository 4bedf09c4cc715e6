"""Every error of the management API is an RFC 9457 problem document."""

import logging
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from airdock.api.shapes import MEDIA_TYPE, ProblemDocument, ProblemInfo
from airdock.codes import CODES
from airdock.errors import AirdockError
from airdock.repository import ConflictError, RepositoryError, StaleBaseError
from airdock.runlog import RunLogError
from airdock.server.management.access import WrongTokenError
from airdock.server.management.bodies import InvalidBodyError
from airdock.server.management.conditions import quoted
from airdock.server.management.convert import difference_info, problem_info

log = logging.getLogger("airdock.management")

AnyRequest = Request[Any, Any, Any]
Problem = Response[ProblemDocument]

_CODES = {
    401: "request.unauthorized",
    403: "request.forbidden",
    404: "request.notFound",
    405: "request.method",
    413: "request.tooLarge",
    415: "request.mediaType",
    428: "request.unconditional",
    503: "request.busy",
}
_SCHEME = 'Bearer realm="airdock"'
"""Not Basic, though that is accepted: browsers would ask for a password in a window of their own."""


def make_problem(status: int, code: str, detail: str, **more: Any) -> ProblemDocument:
    """The document of an error; `more` are its further fields."""
    return ProblemDocument(
        title=title_of(status), status=status, code=code, type=f"urn:airdock:error:{code}", detail=detail, **more
    )


def handle_http_error(request: AnyRequest, error: HTTPException) -> Problem:
    """What the framework or a route refused."""
    status = error.status_code
    headers = dict(error.headers or {})
    errors = _parameters(error) if isinstance(error, ValidationException) else []
    code = "request.csrf" if isinstance(error, WrongTokenError) else _code(status)
    return _response(make_problem(status, code, _sentences(errors) or error.detail, errors=errors), headers)


def handle_invalid_body(request: AnyRequest, error: InvalidBodyError) -> Problem:
    """A body that is not what the route takes."""
    return _response(make_problem(400, "request.value", _sentences([error.problem]), errors=[error.problem]))


def handle_refusal(request: AnyRequest, error: AirdockError) -> Problem:
    """What a part of Airdock refused, by its code."""
    code: str | None = getattr(error, "code", None)
    if code is None or code not in CODES:
        return handle_bug(request, error)
    more: dict[str, Any] = {}
    headers = {}
    if isinstance(error, RepositoryError) and error.problems:
        more["errors"] = [problem_info(problem) for problem in error.problems]
    if isinstance(error, StaleBaseError):
        more |= {"difference": difference_info(error.difference), "release": error.release}
    if isinstance(error, ConflictError) and error.etag is not None:
        headers["ETag"] = quoted(error.etag)
    if (pause := getattr(error, "retry_after", None)) is not None:
        headers["Retry-After"] = str(max(1, round(pause)))
    return _response(make_problem(CODES[code].status, code, str(error), **more), headers)


def handle_unreadable(request: AnyRequest, error: RunLogError) -> Problem:
    """The run log cannot be read now."""
    return _response(make_problem(503, "runlog.unreadable", str(error)))


def handle_bug(request: AnyRequest, error: Exception) -> Problem:
    """What nobody expected: logged here, and told without particulars."""
    log.error("unexpected error at %s", request.url.path, exc_info=error)
    detail = "Airdock met an error that it did not expect; its log has more."
    return _response(make_problem(500, "internal", detail))


HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: handle_http_error,
    InvalidBodyError: handle_invalid_body,
    RunLogError: handle_unreadable,
    AirdockError: handle_refusal,
    Exception: handle_bug,
}


def title_of(status: int) -> str:
    """The words of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _parameters(error: ValidationException) -> list[ProblemInfo]:
    """The parameters that the framework refused, by their names on the wire."""
    found = error.extra if isinstance(error.extra, list) else []
    return [
        ProblemInfo(code="request.value", message=str(each.get("message", "")), field=_field(each))
        for each in found
        if isinstance(each, dict)
    ]


def _field(error: dict[str, Any]) -> str:
    # Behind a name that is a word of Python stands an underscore there.
    name = str(error.get("key", "")).rstrip("_")
    source = error.get("source")
    return f"{getattr(source, 'value', source) or 'query'}.{name}" if name else ""


def _sentences(errors: list[ProblemInfo]) -> str:
    return "; ".join(f"{each.field}: {each.message}" if each.field else each.message for each in errors)


def _response(document: ProblemDocument, headers: dict[str, str] | None = None) -> Problem:
    fields = dict(headers or {})
    if document.status == 401:
        fields["WWW-Authenticate"] = _SCHEME
    return Response(document, status_code=document.status, media_type=MEDIA_TYPE, headers=fields)


def _code(status: int) -> str:
    return _CODES.get(status, "request.value" if status < 500 else "internal")
